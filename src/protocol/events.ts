import type { EngineInfo } from '../domain/engineInfo';
import type { RunSignal } from '../domain/signal';
import type { SuitTable } from '../domain/suiting/suitTable';
import type { CommandType, Replies } from './commands';

export const ERROR_CODES = [
  'no-engine',
  'device-lost',
  'out-of-memory',
  'bad-config',
  'too-few-images',
  'no-dataset',
  'unreadable-image',
  /** A checkpoint is damaged, missing, or of other images. */
  'no-checkpoint',
  'stale-run',
  /** A file that was opened is damaged, of a later version, or does not fit. */
  'unusable-file',
  'cancelled',
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

export type ReplyEvent = {
  [T in CommandType]: { readonly type: 'reply'; readonly id: number; readonly to: T; readonly result: Replies[T] };
}[CommandType];

/** The events from the worker to the page: one answer to each command, and a stream of signals of the current run. */
export type Event =
  | ReplyEvent
  | { readonly type: 'failure'; readonly id: number; readonly error: EngineError }
  /** Something broke outside any command: the device was lost, a run failed. */
  | { readonly type: 'error'; readonly error: EngineError; readonly runId: string | null }
  /**
   * Another engine runs from now on, or the same one was started again after it was lost; `notice` says to the person what happened and where
   * the run went on, null where there is nothing to say.
   */
  | { readonly type: 'engine'; readonly adapter: EngineInfo; readonly notice: string | null }
  /** Progress of the command with that id, in whatever it counts; `table`: what a search for settings knows so far. */
  | {
      readonly type: 'progress';
      readonly id: number;
      readonly done: number;
      readonly total: number;
      readonly table?: SuitTable;
    }
  | { readonly type: 'signal'; readonly runId: string; readonly signal: RunSignal };
