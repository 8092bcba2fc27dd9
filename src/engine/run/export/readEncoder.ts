import type { StoredTensor } from '../../../formats/safetensors';
import { UnusableFile } from '../../../formats/unusableFile';
import { readSealed } from '../checkpoint/sealedFile';
import { ENCODER_KEY, type EncoderMetadata, readEncoderMetadata } from './encoderMetadata';
import { differencesTo, expectFitting, namesOf, type ReadEncoder, valuesOf } from './encoderTensors';
import { foreignEncoder } from './foreignEncoder';
import { refuseOtherModels } from './otherModels';
import type { Preprocessor } from './preprocessor';

/**
 * An encoder from the bytes of a safetensors file: one of ours, or a ResNet with the names of torchvision, timm or Hugging Face that has the
 * layers of one of our backbones.
 * @param preprocessor what lay beside a file that is not ours
 * @throws UnusableFile where it is damaged, something else, or of another network; the message lists names and shapes that do not fit
 */
export function readEncoder(file: Uint8Array, preprocessor: Preprocessor | null = null): ReadEncoder {
  refuseOtherModels(file);
  const { tensors, metadata } = readSealed(file);
  if (tensors.size === 0) throw new UnusableFile('holds no tensors');
  const own = metadata.get(ENCODER_KEY);
  return own === undefined ? foreignEncoder(tensors, preprocessor) : ours(tensors, readEncoderMetadata(own));
}

function ours(
  tensors: ReadonlyMap<string, StoredTensor>,
  { config, step, normalisation }: EncoderMetadata,
): ReadEncoder {
  const names = namesOf(config);
  expectFitting(config.backbone, differencesTo(tensors, names));
  return {
    encoder: { config, step, normalisation, tensors: valuesOf(tensors, names) },
    isNormalisationStated: true,
    notes: [],
  };
}
