import type { EngineInfo } from '../domain/engineInfo';
import type { NetworkCase } from './cases';
import type { ForeignNetwork, NetworkState } from './contender';
import type { BenchClock } from './turns';

/** What every part of a benchmark run works with. */
export interface BenchContext {
  readonly clock: BenchClock;
  readonly quick: boolean;
  /** Turns of each contender, where the time allows. */
  readonly rounds: number;
  readonly engine: EngineInfo;
  /** The network that every part works on. */
  readonly reference: NetworkCase;
  /** Restarts the WebGPU device; all tensors are lost. */
  restart(): Promise<void>;
  /** Another library's step, if there is one. */
  readonly foreign: ((state: NetworkState) => Promise<ForeignNetwork>) | null;
  /** Reports progress. */
  progress(text: string): void;
  /** Adds to the report what is left out, and why. */
  note(text: string): void;
}

/** A contender whose step takes longer is left out, since it would need more than a minute together with its warm-up step. */
export const LONGEST_STEP_MS = 30_000;

/** Time for the turns of one table row or series. */
export function budgetMs({ quick }: Pick<BenchContext, 'quick'>): number {
  return quick ? 8000 : 30_000;
}
