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
 * what the experiment names. `steps` is the length of a run at the page's batch size, `images` the number of training images, 0 where it is
 * not known.
 */
export function planRuns(
  experiment: Experiment,
  present: RunConfig,
  steps: number,
  images = 0,
): { readonly run: ExperimentRun; readonly config: RunConfig }[] {
  const adjust = ({ method }: RunConfig) => ({ ...withMethod(present, method), totalSteps: steps });
  return experimentConfigs(experiment, present.preset, present.dataset, adjust, images);
}

/** The summary of the run on the page, from which experiments are judged; null when there is no run. */
export function liveSummary({
  active,
  step,
  latest,
  baselines,
  diagnosis,
  evaluation,
}: RunStoreState): RunSummary | null {
  if (active === null) return null;
  const baseline = baselines?.knn ?? null;
  return runSummary(step, active.config.outputDim, {
    ...latest,
    baseline,
    probe: evaluation,
    state: diagnosis?.state,
  });
}
