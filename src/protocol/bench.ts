import type { BenchReport, BenchSection, BenchTable, FirstStepRow } from '../domain/benchmark';

/** The commands of the benchmark page to its worker; each worker gets one command and answers with one result. */
export type BenchCommand =
  | { readonly type: 'firstStep' }
  | {
      readonly type: 'run';
      readonly quick: boolean;
      readonly sections: readonly BenchSection[];
      /** Measured before, in workers of their own. */
      readonly start: readonly FirstStepRow[];
      readonly host: string;
    };

/** A report, with everything that the page shows and saves of it. */
export interface BenchResult {
  readonly report: BenchReport;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly tables: readonly BenchTable[];
  readonly markdown: string;
}

export type BenchEvent =
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'firstStep'; readonly row: Omit<FirstStepRow, 'start'> }
  | { readonly type: 'result'; readonly result: BenchResult }
  | { readonly type: 'failed'; readonly message: string };

const COMMAND_TYPES = { firstStep: true, run: true } satisfies Record<BenchCommand['type'], true>;
const EVENT_TYPES = { progress: true, firstStep: true, result: true, failed: true } satisfies Record<
  BenchEvent['type'],
  true
>;

function hasTypeOf(types: object, message: unknown): boolean {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return typeof message.type === 'string' && Object.hasOwn(types, message.type);
}

/** Whether a message is one of the page's commands; other senders (extensions, dev tools) are ignored. */
export function isBenchCommand(message: unknown): message is BenchCommand {
  return hasTypeOf(COMMAND_TYPES, message);
}

/** Whether a message is one of the worker's events. */
export function isBenchEvent(message: unknown): message is BenchEvent {
  return hasTypeOf(EVENT_TYPES, message);
}
