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
 * The settings of each run: those on the page, but for the options of the methods, which are the preset's, so that an
 * experiment changes what it names and nothing else. `steps` is the length of a run, at the batch size on the page.
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

/** The run on the page in the numbers that experiments are judged by; null when there is none. */
export function liveSummary({ active, step, latest, baselines }: RunStoreState): RunSummary | null {
  if (active === null) return null;
  return runSummary(step, active.config.outputDim, { ...latest, untrainedKnn: baselines?.knn?.untrained });
}
