import { type ImageDataset, indicesOf, TRAIN } from '../../domain/imageDataset';
import { configProblems, type RunConfig } from '../../domain/runConfig';
import { activationBytesPerImage } from '../network/convolutions';
import { networkLayersOf } from '../network/networkLayers';

/** A run that cannot start with these settings and images; the message says what to do. */
export class RunError extends Error {
  override readonly name = 'RunError';
  readonly code: 'bad-config' | 'too-few-images';

  constructor(code: RunError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const MB = 1024 * 1024;

/** @throws RunError when the adapter cannot take in the activations of a batch. WebGPU would report that outside any call. */
function checkAdapter(config: RunConfig, limit: number): void {
  const bytes = 2 * config.batchSize * activationBytesPerImage(networkLayersOf(config));
  if (bytes <= limit) return;
  const batch = Math.floor((config.batchSize * limit) / bytes);
  throw new RunError(
    'bad-config',
    `The largest layer takes ${Math.ceil(bytes / MB)} MB for a batch of ${config.batchSize}, and this adapter can use no more than ${Math.floor(limit / MB)} MB at once: choose ${batch < 4 ? '' : `a batch of at most ${batch}, or `}smaller images or a smaller backbone.`,
  );
}

/**
 * @param bindingLimit bytes of the largest tensor that the engine can work on
 * @throws RunError when these settings and images do not make a run.
 */
export function checkRun(dataset: ImageDataset, config: RunConfig, bindingLimit: number): void {
  const problems = configProblems(config);
  if (problems.length > 0) throw new RunError('bad-config', problems.join(' '));
  if (dataset.size !== config.imageSize) {
    throw new RunError(
      'bad-config',
      `The images are loaded at ${dataset.size} pixels and the run asks for ${config.imageSize}: load them again at that size.`,
    );
  }
  const train = indicesOf(dataset, TRAIN).length;
  if (train < 2 * config.batchSize) {
    throw new RunError(
      'too-few-images',
      `${train} training images are fewer than two batches of ${config.batchSize}: choose a batch of at most ${Math.max(4, Math.floor(train / 2))}, or add images.`,
    );
  }
  checkAdapter(config, bindingLimit);
}
