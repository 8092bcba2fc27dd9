import type { Clusters, NearPair, NeighbourGraph, PictureCopies } from '../domain/exploration';
import type { FeatureRows } from '../domain/features';

/**
 * The command of the page to the worker that makes clusters and a map of images, and then finds near duplicates. A worker gets one command and
 * is ended to cancel it.
 */
export interface ExploringCommand {
  readonly type: 'arrange';
  readonly graph: NeighbourGraph;
  /** [n, d] */
  readonly features: FeatureRows;
  /** [n, 2]: where the images lay before, so that they move and do not jump; null for a first map. */
  readonly from: Float32Array<ArrayBuffer> | null;
  readonly seed: number;
  /** What near duplicates are looked for in, without the repeats of exact duplicates; null where they are known. */
  readonly pictures: { readonly copies: PictureCopies; readonly exact: readonly (readonly number[])[] } | null;
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
  /** The share of the search for near duplicates that is done, in [0, 1]. */
  | { readonly type: 'comparing'; readonly share: number }
  | { readonly type: 'near'; readonly pairs: readonly NearPair[] }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly message: string };

const EVENT_TYPES = {
  positions: true,
  clusters: true,
  comparing: true,
  near: true,
  done: true,
  failed: true,
} satisfies Record<ExploringEvent['type'], true>;

/** Whether a message is one of the worker's events; other senders are ignored. */
export function isExploringEvent(message: unknown): message is ExploringEvent {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return typeof message.type === 'string' && Object.hasOwn(EVENT_TYPES, message.type);
}

/** Whether a message is the page's command. */
export function isExploringCommand(message: unknown): message is ExploringCommand {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'arrange';
}
