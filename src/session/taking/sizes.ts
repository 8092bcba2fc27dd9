import type { Layer } from '../../domain/backbones/layer';
import { BACKBONES } from '../../domain/backbones/registry';
import type { DatasetInfo } from '../../domain/imageDataset';
import type { RunConfig } from '../../domain/runConfig';
import type { RunStoreState } from '../run/runStore';

const FLOAT = 4;
/** Of a photo of 3 : 2 with that short side; drawings take a third. */
const PNG_BYTES_PER_SQUARE_PIXEL = 3;

/** Rough sizes of files in bytes, known before they are made. */
export interface Sizes {
  readonly encoder: number;
  /** With features and z. */
  readonly parquet: number;
  /** With features alone. */
  readonly npy: number;
  /** Without the images; null until weights of the run have been kept, by whose size it is estimated. */
  readonly project: number | null;
  readonly images: number;
}

/** Numbers in the weights and statistics of layers. */
function numbersIn(layers: readonly Layer[]): number {
  return layers.reduce((sum, layer) => {
    switch (layer.kind) {
      case 'conv':
        return sum + layer.kernel ** 2 * layer.in * layer.out;
      case 'batchNorm':
        return sum + (layer.affine ? 4 : 2) * layer.channels;
      case 'linear':
        return sum + layer.in * layer.out + (layer.bias ? layer.out : 0);
      case 'residual':
        return sum + numbersIn(layer.body) + numbersIn(layer.shortcut);
      default:
        return sum;
    }
  }, 0);
}

/** Bytes of so many numbers for each image. */
export function embeddingBytes(images: number, numbers: number): number {
  return FLOAT * images * numbers;
}

/** The sizes of the files of a run on these images. */
export function sizesOf(
  config: RunConfig,
  { count, size }: Pick<DatasetInfo, 'count' | 'size'>,
  kept: RunStoreState['kept'],
): Sizes {
  const { layers, featureDim } = BACKBONES[config.backbone];
  const encoder = FLOAT * numbersIn(layers(config.imageSize, config));
  const parquet = embeddingBytes(count, featureDim + config.outputDim);
  const checkpoint = kept?.steps.at(-1)?.bytes;
  return {
    encoder,
    parquet,
    npy: embeddingBytes(count, featureDim),
    // The encoder is in it as safetensors and as ONNX.
    project: checkpoint === undefined ? null : checkpoint + 2 * encoder + parquet,
    images: PNG_BYTES_PER_SQUARE_PIXEL * count * size ** 2,
  };
}
