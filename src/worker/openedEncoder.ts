import type { EncoderWeights } from '../engine/run/export/encoderWeights';

/** The encoder that was opened from a file last, with which images can be embedded. */
export class OpenedEncoder {
  /** null before the first. */
  encoder: EncoderWeights | null = null;
}
