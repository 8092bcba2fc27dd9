import type { EncoderWeights } from '../engine/run/export/encoderWeights';

/** A file of weights. */
export interface WeightsFile {
  readonly name: string;
  /** What it is recognised by (`fingerprintOfWeights`); null on a page without https, whose browser cannot compute it. */
  readonly fingerprint: string | null;
}

/** The encoder that was opened last, with which images can be embedded, and which a run can begin from. */
export class OpenedEncoder {
  /** null before the first. */
  encoder: EncoderWeights | null = null;
  /** null where it is of a kept run. */
  file: WeightsFile | null = null;
}
