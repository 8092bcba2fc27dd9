import type { RunConfig } from '../../domain/runConfig';

/** The state is kept this often, for a run that diverges. */
const KEEP_EVERY = 100;
/** So many steps from the run's start, and from each change in flight, the ranks come with every probe: there they move fastest. */
const CLOSE_STEPS = 400;
/** Elsewhere they come with every fourth probe: a rank is tens of milliseconds on the CPU, on a fast GPU as much as several steps. */
const FAR_PROBES = 4;

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
  { probe, knn, totalSteps }: Pick<RunConfig, 'probe' | 'knn' | 'totalSteps'>,
  lastChange: number,
): Due {
  const last = step === totalSteps;
  const due = (every: number) => every > 0 && (last || step % every === 0);
  const close = step - lastChange <= CLOSE_STEPS;
  const probed = due(probe.every);
  return {
    probe: probed,
    ranks: probed && (close || last || step % (FAR_PROBES * probe.every) === 0),
    accuracies: due(knn.every),
    keep: step % KEEP_EVERY === 0,
  };
}
