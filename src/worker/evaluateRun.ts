import type { ProbeEvaluation } from '../domain/probeEvaluation';
import type { Emit } from '../domain/signal';
import { deviceProducts } from '../engine/monitors/deviceProducts';
import type { Trainer } from '../engine/run/trainer';
import { evaluateLinearly } from '../explore/evaluateLinearly';
import { StoppedError } from './stoppedError';

/** Reports of progress are at least this share apart. */
const REPORT_EVERY = 0.02;
/** Share of the work that is embedding the images. */
const EMBEDDING = 0.5;

/**
 * The linear evaluation of a run's present weights, with its progress as signals; ends without a result where there are no labels, or
 * `isCancelled` says so.
 */
export async function evaluateRun(trainer: Trainer, emit: Emit, isCancelled: () => boolean): Promise<void> {
  let reported = Number.NEGATIVE_INFINITY;
  const progress = (share: number) => {
    if (isCancelled()) throw new StoppedError();
    if (share - reported < REPORT_EVERY) return;
    reported = share;
    emit({ kind: 'evaluating', value: { share } });
  };
  try {
    const evaluation = await evaluated(trainer, progress);
    if (evaluation !== null) emit({ kind: 'evaluation', value: evaluation });
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
  } finally {
    emit({ kind: 'evaluating', value: { share: null } });
  }
}

async function evaluated(trainer: Trainer, progress: (share: number) => void): Promise<ProbeEvaluation | null> {
  const features = await trainer.labelledFeatures((share) => progress(EMBEDDING * share));
  if (features === null) return null;
  return evaluateLinearly(features, {
    step: trainer.step,
    productsOf: deviceProducts,
    onProgress: (share) => progress(EMBEDDING + (1 - EMBEDDING) * share),
  });
}
