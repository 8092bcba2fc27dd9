import type { OpenedPreparation } from '../domain/takeAlong';
import { IMAGENET, type Preprocessor, readPreprocessor } from '../engine/run/export/preprocessor';
import { UnusableFile } from '../formats/unusableFile';
import type { Replies } from '../protocol/commands';
import { factsOf } from './encoderFacts';
import { CommandError } from './errors';
import type { OpenedEncoder } from './openedEncoder';

/**
 * Sets how images are prepared for the encoder that was opened.
 * @throws CommandError where there is none, or the file that says so cannot be used
 */
export function prepareOpened(opened: OpenedEncoder, as: OpenedPreparation): Replies['prepareOpened'] {
  const { encoder } = opened;
  if (encoder === null) throw new CommandError('unusable-file', 'There is no opened encoder: open its file first.');
  const { normalisation, imageSize } = preprocessorOf(as);
  const prepared = {
    ...encoder,
    normalisation: normalisation ?? encoder.normalisation,
    config: { ...encoder.config, imageSize: imageSize ?? encoder.config.imageSize },
  };
  opened.encoder = prepared;
  return { ...factsOf(prepared), isNormalisationStated: normalisation !== null };
}

function preprocessorOf(as: OpenedPreparation): Preprocessor {
  if (as.kind === 'imagenet') return { normalisation: IMAGENET, imageSize: null };
  if (as.kind === 'none') return { normalisation: { mean: [0, 0, 0], std: [1, 1, 1] }, imageSize: null };
  try {
    return readPreprocessor(as.text);
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new CommandError(
      'unusable-file',
      `“${as.name}” ${error.message}. Choose the preprocessor_config.json of the weights.`,
    );
  }
}
