import { createStore } from 'zustand/vanilla';
import type { Experiment, ExperimentRun, RunSummary, Verdict } from '../../domain/experiments/experiment';
import { overSeeds } from '../../domain/experiments/runSummary';
import type { RunConfig } from '../../domain/runConfig';

/** How a run of an experiment ended. `stopped` and `skipped`: the person ended it. */
export type RunEnd = 'finished' | 'diverged' | 'failed' | 'skipped' | 'stopped';

/** A run of the queue: a run of the experiment with one of the seeds. */
export interface QueuedRun {
  readonly run: ExperimentRun;
  readonly config: RunConfig;
  readonly state: 'waiting' | 'running' | RunEnd;
  /** Its id in the archive, by which it is laid over the charts; null unless it finished or diverged. */
  readonly kept: string | null;
  /** Its results; null until it has finished or diverged, and where it was changed in flight. */
  readonly summary: RunSummary | null;
  /** Why it failed or does not count; otherwise null. */
  readonly note: string | null;
}

export interface ExperimentState {
  /** `done`: every run was tried; `stopped`: the queue ended before that. */
  readonly phase: 'idle' | 'running' | 'done' | 'stopped';
  /** The experiment that `runs` belong to; null before the first. */
  readonly experiment: Experiment | null;
  readonly runs: readonly QueuedRun[];
  /** The verdict; null until the queue has ended. */
  readonly verdict: Verdict | null;
  /** The settings from before the experiment, for `goBack`. */
  readonly before: RunConfig | null;
  /** A message about the queue, e.g. that the previous run was kept; null if there is none. */
  readonly message: string | null;
}

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

/** A run of the experiment with all its seeds. */
export interface RunResults {
  readonly run: ExperimentRun;
  readonly seeds: readonly QueuedRun[];
  /** Over the seeds that count; null before the first of them has ended. */
  readonly summary: RunSummary | null;
}

/** The results so far, in the order of the experiment's runs. */
export function resultsOf(runs: readonly QueuedRun[]): RunResults[] {
  return [...new Set(runs.map(({ run }) => run))].map((run) => {
    const seeds = runs.filter((queued) => queued.run === run);
    const known = seeds.flatMap(({ summary }) => summary ?? []);
    return { run, seeds, summary: known.length === 0 ? null : overSeeds(known) };
  });
}

/** The progress of a queue, in steps of all runs together; a run that has ended counts in full. */
export interface QueueProgress {
  /** Index of the current run, 0 to `of` - 1; null where none is running. */
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
