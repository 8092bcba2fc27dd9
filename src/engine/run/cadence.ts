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
