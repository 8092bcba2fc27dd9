import { BACKBONE_NAMES, BACKBONE_TITLES } from '../../../domain/backbones/registry';
import { presetConfig } from '../../../domain/presets';
import type { RunConfig } from '../../../domain/runConfig';
import type { StoredTensor } from '../../../formats/safetensors';
import { type ForeignNames, foreignNames } from '../../network/foreignNames';
import { differencesTo, expectFitting, namesOf, type ReadEncoder, valuesOf } from './encoderTensors';
import { IMAGENET, type Preprocessor } from './preprocessor';
import { countOf } from './tensorDifferences';

type Tensors = ReadonlyMap<string, StoredTensor>;

/** The most names that a sentence lists. */
const LISTED = 4;

/**
 * A ResNet without our metadata: the backbone with the stem of its first convolution that has the most tensors in common with it.
 * @param preprocessor what lay beside the file; null where nothing did
 * @throws UnusableFile listing names and shapes that do not fit
 */
export function foreignEncoder(file: Tensors, preprocessor: Preprocessor | null): ReadEncoder {
  const found = foreignNames(file);
  const candidates = BACKBONE_NAMES.map((backbone) => {
    const config = configOf(backbone, found.tensors, preprocessor);
    const names = namesOf(config);
    return { config, names, differences: differencesTo(found.tensors, names) };
  });
  const [{ config, names, differences }] = candidates.sort(
    (a, b) => b.differences.fitting - a.differences.fitting || countOf(a.differences) - countOf(b.differences),
  );
  expectFitting(config.backbone, differences);
  const stated = preprocessor?.normalisation ?? null;
  return {
    encoder: { config, step: 0, normalisation: stated ?? IMAGENET, tensors: valuesOf(found.tensors, names) },
    isNormalisationStated: stated !== null,
    notes: notesOn(config, names.length, found, preprocessor),
  };
}

/** The network that the first convolution stands for: one of 7x7 is the ImageNet stem. */
function configOf(backbone: RunConfig['backbone'], tensors: Tensors, preprocessor: Preprocessor | null): RunConfig {
  const side = tensors.get('conv1.weight')?.shape[2];
  const config: RunConfig = { ...presetConfig('small', 'folder'), backbone, stemStride: 1 };
  if (side !== 7) return { ...config, imageSize: preprocessor?.imageSize ?? config.imageSize };
  const imageSize = preprocessor?.imageSize ?? 224;
  return { ...config, stem: 'imagenet', imageSize, sourceSize: 256 };
}

/** What was found, left out and assumed, each as a sentence for the person. */
function notesOn(
  config: RunConfig,
  count: number,
  found: ForeignNames<unknown>,
  preprocessor: Preprocessor | null,
): string[] {
  const { backbone, stem, imageSize } = config;
  const { prefix, source, unused } = found;
  const style = source === 'huggingFace' ? 'Hugging Face’s' : 'torchvision’s';
  const start = stem === 'imagenet' ? 'a 7×7 stem' : 'a 3×3 stem, whose stride is taken to be 1';
  const notes = [
    `All ${count} tensors of “${BACKBONE_TITLES[backbone]}” were found, under ${style} names${prefix === '' ? '' : ` after “${prefix}”`}, with ${start}.`,
  ];
  if (unused.length > 0) {
    const listed = unused.slice(0, LISTED).join(', ');
    const more = unused.length > LISTED ? ` and ${unused.length - LISTED} more` : '';
    notes.push(`Not used, since they are not of the backbone: ${listed}${more}.`);
  }
  notes.push(
    preprocessor?.imageSize == null
      ? `The file does not say how large its images are: they are scaled to ${imageSize} px.`
      : `preprocessor_config.json says that its images have ${imageSize} px.`,
  );
  notes.push(
    preprocessor?.normalisation == null
      ? 'It does not say what they are normalised with: means and deviations of ImageNet are assumed, as torchvision, timm and Hugging Face have them.'
      : 'They are normalised with its means and deviations.',
  );
  if (backbone === 'resnet50') {
    notes.push(
      'Shapes do not tell on which convolution of a block the stride is: it is taken to be the 3×3, as in torchvision and timm.',
    );
  }
  return notes;
}
