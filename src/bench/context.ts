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
  /** A WebGPU device afresh; all tensors are gone. */
  restart(): Promise<void>;
  /** Another library's step, where one is at hand. */
  readonly foreign: ((state: NetworkState) => Promise<ForeignNetwork>) | null;
  /** Says what is going on. */
  progress(text: string): void;
  /** Says in the report what is missing, and why. */
  note(text: string): void;
}

/** A contender whose step takes longer would need more than a minute with the step that warms it up: it is left out. */
export const LONGEST_STEP_MS = 30_000;

/** Time for the turns of one table row or series. */
export function budgetMs({ quick }: Pick<BenchContext, 'quick'>): number {
  return quick ? 8000 : 30_000;
}
