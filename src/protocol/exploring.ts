import type { Clusters, NeighbourGraph } from '../domain/exploration';
import type { FeatureRows } from '../domain/features';

/** The command of the page to the worker that makes clusters and a map of images. A worker gets one command and is ended to cancel it. */
export interface ExploringCommand {
  readonly type: 'arrange';
  readonly graph: NeighbourGraph;
  /** [n, d] */
  readonly features: FeatureRows;
  /** [n, 2]: where the images lay before, so that they move and do not jump; null for a first map. */
  readonly from: Float32Array<ArrayBuffer> | null;
  readonly seed: number;
}

export type ExploringEvent =
  /** [n, 2]: the map while it forms, several times a second. */
  | {
      readonly type: 'positions';
      readonly positions: Float32Array<ArrayBuffer>;
      readonly done: number;
      readonly total: number;
    }
  | { readonly type: 'clusters'; readonly clusters: Clusters }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly message: string };

const EVENT_TYPES = { positions: true, clusters: true, done: true, failed: true } satisfies Record<
  ExploringEvent['type'],
  true
>;

/** Whether a message is one of the worker's events; other senders are ignored. */
export function isExploringEvent(message: unknown): message is ExploringEvent {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return typeof message.type === 'string' && Object.hasOwn(EVENT_TYPES, message.type);
}

/** Whether a message is the page's command. */
export function isExploringCommand(message: unknown): message is ExploringCommand {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'arrange';
}
