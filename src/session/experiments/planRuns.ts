import {
  type Experiment,
  type ExperimentRun,
  experimentConfigs,
  type RunSummary,
} from '../../domain/experiments/experiment';
import { runSummary } from '../../domain/experiments/runSummary';
import { withMethod } from '../../domain/presets';
import type { RunConfig } from '../../domain/runConfig';
import type { RunStoreState } from '../run/runStore';

/**
 * The settings of each run: those on the page, with the preset's values for the options of the methods, so that the runs differ only in
 * what the experiment names. `steps` is the length of a run at the page's batch size.
 */
export function planRuns(
  experiment: Experiment,
  present: RunConfig,
  steps: number,
): { readonly run: ExperimentRun; readonly config: RunConfig }[] {
  return experimentConfigs(experiment, present.preset, present.dataset, ({ method }) => ({
    ...withMethod(present, method),
    totalSteps: steps,
  }));
}

/** The summary of the run on the page, from which experiments are judged; null when there is no run. */
export function liveSummary({ active, step, latest, baselines, diagnosis }: RunStoreState): RunSummary | null {
  if (active === null) return null;
  const baseline = baselines?.knn ?? null;
  return runSummary(step, active.config.outputDim, { ...latest, baseline, state: diagnosis?.state });
}
