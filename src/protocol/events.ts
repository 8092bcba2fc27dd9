import type {
  Baselines,
  Diagnosis,
  Marker,
  Measurement,
  NeighboursSnapshot,
  Resources,
  ViewsSnapshot,
} from '../domain/measurement';
import type { CommandType, Replies } from './commands';

export const ERROR_CODES = [
  'no-engine',
  'device-lost',
  'out-of-memory',
  'bad-config',
  'too-few-images',
  'no-dataset',
  'stale-run',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error as it reaches a person: what happened and what to do, in `message`. */
export interface EngineError {
  readonly code: ErrorCode;
  readonly message: string;
  /** Whether the same worker can go on (after `init` and `create` again). */
  readonly recoverable: boolean;
}

/** `building`: weights, baselines and first pipelines; `finished`: totalSteps reached; `failed`: see the error. */
export type RunState = 'building' | 'paused' | 'training' | 'finished' | 'diverged' | 'failed';

export type ReplyEvent = {
  [T in CommandType]: { readonly type: 'reply'; readonly id: number; readonly to: T; readonly result: Replies[T] };
}[CommandType];

export type RunEvent = { readonly runId: string } & (
  | { readonly type: 'runState'; readonly state: RunState; readonly step: number }
  /** At most ten times a second, however fast the steps are. */
  | { readonly type: 'measurements'; readonly items: readonly Measurement[] }
  | { readonly type: 'baselines'; readonly baselines: Baselines }
  | { readonly type: 'neighbours'; readonly snapshot: NeighboursSnapshot }
  | { readonly type: 'views'; readonly snapshot: ViewsSnapshot }
  | { readonly type: 'marker'; readonly marker: Marker }
  | { readonly type: 'diagnosis'; readonly diagnosis: Diagnosis }
  | { readonly type: 'resources'; readonly resources: Resources }
);

/** What the worker tells the page: one answer to each command, and a stream about the current run. */
export type Event =
  | ReplyEvent
  | { readonly type: 'failure'; readonly id: number; readonly error: EngineError }
  /** Something broke outside any command: the device was lost, a run failed. */
  | { readonly type: 'error'; readonly error: EngineError; readonly runId: string | null }
  | RunEvent;
