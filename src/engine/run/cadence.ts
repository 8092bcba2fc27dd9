import type { RunConfig } from '../../domain/runConfig';

/** The state is kept this often, for a run that diverges. */
const KEEP_EVERY = 100;
/**
 * For this many steps after the run's start, and after each change in flight, ranks are measured at every probe, since they change fastest
 * then.
 */
const CLOSE_STEPS = 400;
/**
 * Otherwise ranks are measured at every fourth probe: one takes tens of milliseconds on the CPU, as long as several steps on a fast GPU.
 */
const FAR_PROBES = 4;

/** The accuracies change fastest at the run's start: they are first measured after this many steps, then after twice as many and so on. */
const FIRST_ACCURACIES = 25;
/**
 * Early accuracies are left out where measuring them would take longer than this share of the time of the steps so far. An image that is
 * measured takes one forward pass; an image of a batch has two views that go forward and backward, which costs as much as six.
 */
const EARLY_SHARE = 1 / 3;
const PASSES_PER_TRAINED_IMAGE = 6;

/** What is to be done after a step. */
export interface Due {
  /** Embedding the probe's images, for the neighbours and the ranks. */
  readonly probe: boolean;
  /** Effective ranks, of the probe. */
  readonly ranks: boolean;
  /** kNN accuracy and view retrieval. */
  readonly accuracies: boolean;
  /** Keeping the state. */
  readonly keep: boolean;
}

/**
 * What is due after `step` steps. It depends on the settings and the changes in flight alone, never on how fast the machine is: the
 * same run has the same series everywhere.
 * @param lastChange step of the last change in flight; 0, the run's start, where there was none
 */
export function dueAfter(
  step: number,
  config: Pick<RunConfig, 'probe' | 'knn' | 'totalSteps' | 'batchSize'>,
  lastChange: number,
): Due {
  const { probe, knn, totalSteps } = config;
  const last = step === totalSteps;
  const due = (every: number) => every > 0 && (last || step % every === 0);
  const close = step - lastChange <= CLOSE_STEPS;
  const probed = due(probe.every);
  return {
    probe: probed,
    ranks: probed && (close || last || step % (FAR_PROBES * probe.every) === 0),
    accuracies: due(knn.every) || isEarly(step, config),
    keep: step % KEEP_EVERY === 0,
  };
}

/** Whether the accuracies are measured at this step before the first multiple of `knn.every`: at 25, 50, 100, 200 and so on. */
function isEarly(step: number, { probe, knn, batchSize }: Pick<RunConfig, 'probe' | 'knn' | 'batchSize'>): boolean {
  if (step >= knn.every || !Number.isInteger(Math.log2(step / FIRST_ACCURACIES))) return false;
  if (step < FIRST_ACCURACIES) return false;
  const images = knn.bank + knn.queries + 2 * probe.images;
  return images <= EARLY_SHARE * step * PASSES_PER_TRAINED_IMAGE * batchSize;
}
