import { BACKBONE_NAMES, BACKBONE_TITLES, type BackboneName } from '../../../domain/backbones/registry';
import { presetConfig } from '../../../domain/presets';
import type { RunConfig } from '../../../domain/runConfig';
import { elementsOf, type StoredTensor } from '../../../formats/safetensors';
import { UnusableFile } from '../../../formats/unusableFile';
import { fromTorch, torchShape, type Values } from '../../network/export/torchLayout';
import { backboneOf } from '../../network/networkLayers';
import { type ExportName, torchvisionNames } from '../../network/torchvisionNames';
import { readSealed } from '../checkpoint/sealedFile';
import { ENCODER_KEY, type EncoderMetadata, readEncoderMetadata } from './encoderMetadata';
import type { EncoderWeights } from './encoderWeights';
import { refuseOtherModels } from './otherModels';
import { countOf, type Differences, differences, listOf } from './tensorDifferences';

/** What torchvision and timm normalise images with. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

type Tensors = ReadonlyMap<string, StoredTensor>;

export interface ReadEncoder {
  readonly encoder: EncoderWeights;
  /** What had to be assumed or left out, each as a sentence for the person. */
  readonly notes: readonly string[];
}

/**
 * An encoder from the bytes of a safetensors file: one of ours, or a ResNet with torchvision's names that has the layers of one of our
 * backbones.
 * @throws UnusableFile where it is damaged, something else, or of another network; the message lists names and shapes that do not fit
 */
export function readEncoder(file: Uint8Array): ReadEncoder {
  refuseOtherModels(file);
  const { tensors, metadata } = readSealed(file);
  if (tensors.size === 0) throw new UnusableFile('holds no tensors');
  const own = metadata.get(ENCODER_KEY);
  return own === undefined ? foreign(tensors) : ours(tensors, readEncoderMetadata(own));
}

function ours(tensors: Tensors, { config, step, normalisation }: EncoderMetadata): ReadEncoder {
  const names = namesOf(config);
  expectFitting(config.backbone, differencesTo(tensors, names));
  return { encoder: { config, step, normalisation, tensors: valuesOf(tensors, names) }, notes: [] };
}

/** A ResNet without our metadata: the backbone that has the most tensors in common with it. */
function foreign(tensors: Tensors): ReadEncoder {
  const classifier = [...tensors.keys()].filter((name) => /^fc\.(weight|bias)$/.test(name));
  const features = new Map([...tensors].filter(([name]) => !classifier.includes(name)));
  const candidates = BACKBONE_NAMES.map((backbone) => {
    const config: RunConfig = { ...presetConfig('small', 'folder'), backbone, stemStride: 1 };
    const names = namesOf(config);
    return { config, names, found: differencesTo(features, names) };
  });
  const [nearest] = candidates.sort((a, b) => b.found.fitting - a.found.fitting || countOf(a.found) - countOf(b.found));
  const { config, names, found } = nearest;
  expectFitting(config.backbone, found);
  const { imageSize } = config;
  const notes = [
    `The file says nothing about its images: they are scaled to ${imageSize} px and normalised with the means and deviations of ImageNet, as torchvision does, and the first convolution has stride 1.`,
    ...(classifier.length > 0 ? [`Its classifier (${classifier.join(', ')}) is not used.`] : []),
  ];
  const { mean, std } = IMAGENET;
  return { encoder: { config, step: 0, normalisation: { mean, std }, tensors: valuesOf(features, names) }, notes };
}

const namesOf = (config: RunConfig): ExportName[] => torchvisionNames(backboneOf(config).layers);

const differencesTo = (tensors: Tensors, names: readonly ExportName[]) => {
  const expected = new Map(names.map(({ torchvision, shape }) => [torchvision, torchShape(shape)]));
  return differences(tensors, expected, (name) => isCounter(name, expected));
};

/** `num_batches_tracked` beside the statistics of a BN layer, which nothing here needs. */
function isCounter(name: string, expected: ReadonlyMap<string, unknown>): boolean {
  return name.endsWith('.num_batches_tracked') && expected.has(name.replace(/num_batches_tracked$/, 'running_mean'));
}

function expectFitting(backbone: BackboneName, found: Differences): void {
  if (countOf(found) === 0) return;
  throw new UnusableFile(`does not fit the network “${BACKBONE_TITLES[backbone]}”:\n${listOf(found)}\n`);
}

/** The tensors in our layout, checked. */
function valuesOf(tensors: Tensors, names: readonly ExportName[]): ReadonlyMap<string, Values> {
  return new Map(
    names.map(({ ours: name, torchvision }) => {
      const stored = tensors.get(torchvision);
      if (stored === undefined) throw new Error(`${torchvision} was not checked`);
      const { dtype, shape } = stored;
      if (dtype !== 'F32') {
        throw new UnusableFile(`has the tensor “${torchvision}” as ${dtype}: save its weights as float32 (F32)`);
      }
      const values = elementsOf(torchvision, stored, dtype);
      if (!values.every(Number.isFinite)) {
        throw new UnusableFile(`is damaged: the tensor “${torchvision}” holds a value that is not a finite number`);
      }
      if (torchvision.endsWith('.running_var') && values.some((value) => value < 0)) {
        throw new UnusableFile(`is damaged: the variances “${torchvision}” are negative`);
      }
      return [name, fromTorch({ shape, values })] as const;
    }),
  );
}
