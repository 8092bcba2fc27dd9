import type { WarmStart } from '../../src/domain/warmStart';
import type { EncoderWeights } from '../../src/engine/run/export/encoderWeights';
import { asBegunWith } from '../../src/engine/run/startingWeights';
import type { WeightsFile } from '../export/weightsAndImages';

export interface WeightsBefore {
  /** What the encoder is compared with; null where no file was named. */
  readonly given: EncoderWeights | null;
  /** What the person is to know of it, as a sentence. */
  readonly note: string | null;
}

/**
 * The weights that a run began with, normalised as the run normalised with them.
 * @param named of the person; null where no file was named
 * @param warmStart what the run says that it began with; null where that is not known, or nothing
 */
export function weightsBefore(named: WeightsFile | null, warmStart: WarmStart | null): WeightsBefore {
  if (warmStart === null) return { given: named?.weights ?? null, note: null };
  const { name, fingerprint } = warmStart;
  if (named === null) {
    const note = `The run began with “${name}”. Name that file with --before to see whether training made it better for this folder.`;
    return { given: null, note };
  }
  if (named.fingerprint !== fingerprint) {
    const note = `${named.file} is not the file “${name}” that the run began with. It is compared all the same.`;
    return { given: named.weights, note };
  }
  return { given: asBegunWith(named.weights, warmStart), note: null };
}
