import type { RunConfig } from '../../../domain/runConfig';
import { isVersion } from '../../../domain/versions/registry';
import { storedConfig } from '../../../domain/versions/storedConfig';
import { z } from '../../../domain/zod';
import { UnusableFile } from '../../../formats/unusableFile';
import type { Normalisation } from '../../kernels/augment/normalisation';

/** The entry of an encoder's metadata that holds, as JSON, what its tensors do not say. */
export const ENCODER_KEY = 'simsiam-lab';
/** Raised when it is written in a way that this code could not read. */
export const ENCODER_VERSION = 1;

/** Mean and standard deviation of pixel values in [0, 1] by channel. */
const means = z.tuple([z.number(), z.number(), z.number()]);
const deviations = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]);

const schema = z.object({
  config: z.unknown(),
  /** The version of the defaults. */
  defaults: z.int().refine(isVersion),
  step: z.int().min(0),
  mean: means,
  std: deviations,
});

const versionSchema = z.object({ version: z.int().min(1) });

export interface EncoderMetadata {
  readonly config: RunConfig;
  readonly step: number;
  readonly normalisation: Normalisation;
}

/**
 * What the entry of an encoder's metadata says.
 * @throws UnusableFile where it is damaged, or of a later version
 */
export function readEncoderMetadata(text: string): EncoderMetadata {
  const value = parsed(text);
  const { version } = versionSchema.safeParse(value).data ?? { version: ENCODER_VERSION };
  if (version > ENCODER_VERSION) {
    throw new UnusableFile(
      `is of a later version of SimSiam Lab (${version}; this one reads ${ENCODER_VERSION}): update to use it`,
    );
  }
  const read = schema.safeParse(value).data;
  const config = read === undefined ? null : storedConfig(read.config, read.defaults);
  if (read === undefined || config === null) {
    throw new UnusableFile(`is damaged: the settings in its metadata (“${ENCODER_KEY}”) are not readable`);
  }
  return { config, step: read.step, normalisation: { mean: read.mean, std: read.std } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
