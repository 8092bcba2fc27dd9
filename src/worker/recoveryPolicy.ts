import type { EngineInfo } from '../domain/engineInfo';

/** Why an engine can no longer be used; `gpu-error`: WebGPU reported an error outside any call, so that all results since are invalid. */
export type BreakCause = 'device-lost' | 'out-of-memory' | 'gpu-error';

/** A loss of the engine. */
export interface Loss {
  readonly cause: BreakCause;
  readonly engine: EngineInfo['engine'];
  /** When it happened, in milliseconds of any clock. */
  readonly at: number;
  /** Steps that the run had done; 0 where there was none. */
  readonly step: number;
}

/** Which engine the run goes on with. */
export type Recovery = 'same engine' | 'other engine' | 'give up';

/** So many losses within this time end the use of an engine. */
const MOST_LOSSES = 3;
const WITHIN_MS = 60_000;

/** An error of WebGPU may be reported some steps later. */
const SAME_STEP = 2;

/**
 * What to do after a loss: the same engine is started again, until it was lost three times within a minute, or until memory ran out twice in a
 * row at the same step. WASM takes the place of any other engine, and nothing takes its place.
 * @param losses all losses so far, the present one last
 */
export function recoveryFrom(losses: readonly Loss[]): Recovery {
  const [before, present] = losses.length < 2 ? [undefined, losses[0]] : losses.slice(-2);
  if (present === undefined) return 'same engine';
  const { engine } = present;
  const recent = losses.filter((loss) => loss.engine === engine && present.at - loss.at < WITHIN_MS);
  if (recent.length < MOST_LOSSES && !isRepeated(before, present)) return 'same engine';
  return engine === 'wasm' ? 'give up' : 'other engine';
}

/** Whether memory ran out where it did the time before, so that it would again. */
function isRepeated(before: Loss | undefined, present: Loss): boolean {
  return (
    before?.cause === 'out-of-memory' &&
    present.cause === 'out-of-memory' &&
    before.engine === present.engine &&
    Math.abs(before.step - present.step) <= SAME_STEP
  );
}
