import type { OpenedKeptEncoder } from '../domain/takeAlong';
import type { TrainingImages } from '../engine/images/pictureCache';
import { encoderOnImages } from '../engine/run/export/encoderOnImages';
import type { EncoderWeights } from '../engine/run/export/encoderWeights';
import { factsOf } from './encoderFacts';
import type { Runs } from './runs';

/**
 * The encoder of the last readable checkpoint of a kept run, and what the page shows of it.
 * @throws CommandError `no-checkpoint` saying why there is none
 */
export async function keptEncoder(
  runs: Pick<Runs, 'fromKept'>,
  keptId: string,
  images: TrainingImages,
): Promise<{ readonly encoder: EncoderWeights; readonly facts: OpenedKeptEncoder }> {
  const { made, step, damages } = await runs.fromKept(keptId, (checkpoint) => encoderOnImages(checkpoint, images));
  const notes = damages.map((damage) => `${damage}; the encoder is that of step ${step}.`);
  return { encoder: made, facts: { ...factsOf(made), step, notes } };
}
