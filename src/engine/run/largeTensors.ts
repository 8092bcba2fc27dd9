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

/**
 * The tensors of a run that grow with its settings and its images. Weights stay small at any setting.
 * @param batchPixels the most pixels of a batch's pictures, as they are kept
 */
export function largeTensors(config: RunConfig, trainImages: number, batchPixels: number): LargeTensor[] {
  const { batchSize, imageSize, outputDim } = config;
  const probeImages = Math.min(config.probe.images, trainImages);
  const activations = 2 * batchSize * activationBytesPerImage(networkLayersOf(config));
  const tensors: LargeTensor[] = [
    {
      name: 'The largest layer',
      purpose: `a batch of ${batchSize}`,
      bytes: activations,
      remedy: (limit) => {
        const batch = Math.floor((batchSize * limit) / activations);
        return `${batch < 4 ? '' : `a batch of at most ${batch}, or `}smaller images or a smaller backbone`;
      },
    },
    {
      name: 'The tensor of a batch’s pictures',
      purpose: `a batch of ${batchSize} and a source size of ${config.sourceSize}`,
      bytes: PIXEL * batchPixels,
      remedy: (limit) => {
        const batch = Math.floor((batchSize * limit) / (PIXEL * batchPixels));
        return `${batch < 4 ? '' : `a batch of at most ${batch}, or `}a smaller source size`;
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
      purpose: `a batch of ${batchSize}`,
      bytes: FLOAT * (2 * batchSize) ** 2,
      remedy: (limit) => `a batch of at most ${Math.floor(Math.sqrt(limit / FLOAT) / 2)}`,
    });
  }
  if (config.method === 'swav') {
    const rows = batchSize + config.queueLength;
    const columns = Math.max(outputDim, config.prototypes);
    tensors.push({
      name: 'The queue or its scores',
      purpose: `a queue of ${config.queueLength} and a batch of ${batchSize}`,
      bytes: FLOAT * rows * columns,
      remedy: (limit) => {
        const most = Math.floor(limit / (FLOAT * columns)) - batchSize;
        return `${most < batchSize ? '' : `a queue of at most ${most}, or `}fewer outputs and prototypes`;
      },
    });
  }
  return tensors;
}
