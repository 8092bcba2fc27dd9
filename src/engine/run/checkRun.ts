import { type ImageDataset, indicesOf, TRAIN } from '../../domain/imageDataset';
import { configProblems, type RunConfig } from '../../domain/runConfig';
import { largeTensors } from './largeTensors';

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

/** @throws RunError when the adapter cannot take in a tensor of the run: WebGPU itself reports that outside any call. */
function checkAdapter(config: RunConfig, trainImages: number, limit: number): void {
  const tooLarge = largeTensors(config, trainImages).find(({ bytes }) => bytes > limit);
  if (tooLarge === undefined) return;
  const { name, bytes, purpose, remedy } = tooLarge;
  throw new RunError(
    'bad-config',
    `${name} takes ${Math.ceil(bytes / MB)} MB for ${purpose}, and this adapter can use no more than ${Math.floor(limit / MB)} MB at once: choose ${remedy(limit)}.`,
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
  checkAdapter(config, train, bindingLimit);
}
