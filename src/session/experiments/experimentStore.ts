import { createStore } from 'zustand/vanilla';
import type { Experiment, ExperimentRun, RunSummary, Verdict } from '../../domain/experiments/experiment';
import type { RunConfig } from '../../domain/runConfig';

/** How a run of an experiment ended; `stopped` and `skipped` by the person. */
export type RunEnd = 'finished' | 'diverged' | 'failed' | 'skipped' | 'stopped';

/** A run of the queue. */
export interface QueuedRun {
  readonly run: ExperimentRun;
  readonly config: RunConfig;
  readonly state: 'waiting' | 'running' | RunEnd;
  /** Its id in the archive once it has run to its end, to be laid over the charts; else null. */
  readonly kept: string | null;
  /** Its own numbers; null until it has ended, and where it did not run to an end of its own. */
  readonly summary: RunSummary | null;
  /** Why it failed or does not count, in words; null if neither is so. */
  readonly note: string | null;
}

export interface ExperimentState {
  /** `done`: every run was tried; `stopped`: the person ended the queue before that. */
  readonly phase: 'idle' | 'running' | 'done' | 'stopped';
  /** The one whose runs these are; null before the first. */
  readonly experiment: Experiment | null;
  readonly runs: readonly QueuedRun[];
  /** Judged when the queue has ended. */
  readonly verdict: Verdict | null;
  /** The settings that the person had, to go back to. */
  readonly before: RunConfig | null;
  /** What the person should know of the queue, e.g. that the run before it was kept; null for nothing. */
  readonly message: string | null;
}

export type ExperimentStore = ReturnType<typeof createExperimentStore>;

export function createExperimentStore() {
  return createStore<ExperimentState>(() => ({
    phase: 'idle',
    experiment: null,
    runs: [],
    verdict: null,
    before: null,
    message: null,
  }));
}

/** Where a queue stands. Steps are those of all runs together; a run that has ended counts in full. */
export interface QueueProgress {
  /** 0 to `of` - 1; null where none is running. */
  readonly index: number | null;
  readonly of: number;
  readonly done: number;
  readonly total: number;
}

/** `step`: finished updates of the current run. */
export function progressOf(runs: readonly QueuedRun[], step: number): QueueProgress {
  const index = runs.findIndex(({ state }) => state === 'running');
  const steps = ({ state, config: { totalSteps } }: QueuedRun) => {
    if (state === 'waiting') return 0;
    return state === 'running' ? Math.min(step, totalSteps) : totalSteps;
  };
  return {
    index: index < 0 ? null : index,
    of: runs.length,
    done: runs.reduce((sum, run) => sum + steps(run), 0),
    total: runs.reduce((sum, { config }) => sum + config.totalSteps, 0),
  };
}
