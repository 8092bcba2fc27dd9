import { MOST_PARTS, microBatchSize, SMALLEST_PART } from '../../domain/microBatch';
import type { RunConfig } from '../../domain/runConfig';
import { activationBytesPerImage } from '../network/convolutions';
import { networkLayersOf } from '../network/networkLayers';

/** A tensor of a run that can exceed the limit of an adapter. */
export interface LargeTensor {
  /** For a sentence: "NAME takes 8 MB for PURPOSE". */
  readonly name: string;
  readonly purpose: string;
  readonly bytes: number;
  /** What to choose so that it takes at most `limit` bytes, for a sentence: "choose REMEDY". */
  remedy(limit: number): string;
}

const FLOAT = 4;
/** Bytes of a packed pixel. */
const PIXEL = 4;

/** For a sentence: how at most `most` images are computed at once; empty where no batch is as small. */
function smallerBatches({ batchSize }: RunConfig, most: number): string {
  if (most < SMALLEST_PART) return '';
  const parts = Array.from({ length: MOST_PARTS + 1 }, (_, i) => i).find(
    (count) => count > 1 && batchSize % count === 0 && batchSize / count <= most && batchSize / count >= SMALLEST_PART,
  );
  const accumulation = parts === undefined ? '' : `gradient accumulation (microBatches) in ${parts} parts, `;
  return `a batch of at most ${most}, ${accumulation}or `;
}

/**
 * The tensors of a run that grow with its settings and its images. Weights stay small at any setting.
 * @param batchPixels the most pixels of a batch's pictures, as they are kept
 */
export function largeTensors(config: RunConfig, trainImages: number, batchPixels: number): LargeTensor[] {
  const { imageSize, outputDim } = config;
  const batchSize = microBatchSize(config);
  const ofBatch = config.microBatches === 1 ? `a batch of ${batchSize}` : `${batchSize} images at once`;
  const probeImages = Math.min(config.probe.images, trainImages);
  const activations = 2 * batchSize * activationBytesPerImage(networkLayersOf(config));
  const tensors: LargeTensor[] = [
    {
      name: 'The largest layer',
      purpose: ofBatch,
      bytes: activations,
      remedy: (limit) => {
        const batch = Math.floor((batchSize * limit) / activations);
        return `${smallerBatches(config, batch)}smaller images or a smaller backbone`;
      },
    },
    {
      name: 'The tensor of a batch’s pictures',
      purpose: `${ofBatch} and a source size of ${config.sourceSize}`,
      bytes: PIXEL * batchPixels,
      remedy: (limit) => {
        const batch = Math.floor((batchSize * limit) / (PIXEL * batchPixels));
        return `${smallerBatches(config, batch)}a smaller source size`;
      },
    },
    {
      name: 'The probe',
      purpose: `views of ${probeImages} images`,
      bytes: FLOAT * probeImages * imageSize ** 2 * 3,
      remedy: (limit) =>
        `at most ${Math.floor(limit / (FLOAT * imageSize ** 2 * 3))} images for the probe, or smaller images`,
    },
  ];
  if (config.method === 'simsiam' && config.movingAverageTarget) {
    tensors.push({
      name: 'The moving average of the outputs',
      purpose: `${outputDim} outputs of each of ${trainImages} images`,
      bytes: FLOAT * trainImages * outputDim,
      remedy: (limit) =>
        `at most ${Math.floor(limit / (FLOAT * trainImages))} outputs or ${Math.floor(limit / (FLOAT * outputDim))} training images, or no moving average`,
    });
  }
  if (config.method === 'simclr') {
    tensors.push({
      name: 'The similarity of all pairs of views',
      purpose: ofBatch,
      bytes: FLOAT * (2 * batchSize) ** 2,
      remedy: (limit) => `a batch of at most ${Math.floor(Math.sqrt(limit / FLOAT) / 2)}`,
    });
  }
  if (config.method === 'swav') {
    const rows = batchSize + config.queueLength;
    const columns = Math.max(outputDim, config.prototypes);
    tensors.push({
      name: 'The queue or its scores',
      purpose: `a queue of ${config.queueLength} and ${ofBatch}`,
      bytes: FLOAT * rows * columns,
      remedy: (limit) => {
        const most = Math.floor(limit / (FLOAT * columns)) - batchSize;
        return `${most < batchSize ? '' : `a queue of at most ${most}, or `}fewer outputs and prototypes`;
      },
    });
  }
  return tensors;
}
