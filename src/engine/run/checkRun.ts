import { type DatasetInfo, indicesOf, type KeptShapes, TRAIN } from '../../domain/imageDataset';
import { microBatchSize } from '../../domain/microBatch';
import type { RunConfig } from '../../domain/runConfig';
import { type RunProblem, runProblems } from '../../domain/runProblems';
import { mostPixels } from '../images/imageSource';
import { largeTensors } from './largeTensors';

/** A run that cannot start with these settings and images; the message says what to do. */
export class RunError extends Error {
  override readonly name = 'RunError';
  readonly code: RunProblem['code'];

  constructor(code: RunError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const MB = 1024 * 1024;

/** @throws RunError when the adapter cannot hold a tensor of the run, which WebGPU itself reports only outside any call. */
function checkAdapter(config: RunConfig, trainImages: number, batchPixels: number, limit: number): void {
  const tooLarge = largeTensors(config, trainImages, batchPixels).find(({ bytes }) => bytes > limit);
  if (tooLarge === undefined) return;
  const { name, bytes, purpose, remedy } = tooLarge;
  throw new RunError(
    'bad-config',
    `${name} takes ${Math.ceil(bytes / MB)} MB for ${purpose}, and this adapter can use no more than ${Math.floor(limit / MB)} MB at once: choose ${remedy(limit)}.`,
  );
}

/**
 * @param bindingLimit bytes of the largest tensor that the engine can work on
 * @throws RunError when a run cannot start with these settings and images.
 */
export function checkRun(dataset: DatasetInfo & KeptShapes, config: RunConfig, bindingLimit: number): void {
  const train = indicesOf(dataset, TRAIN).length;
  const problems = runProblems(config, train);
  if (problems[0] !== undefined) throw new RunError(problems[0].code, problems.map(({ text }) => text).join(' '));
  checkPictures(dataset, config);
  checkAdapter(config, train, mostPixels(dataset, microBatchSize(config)), bindingLimit);
}

/** @throws RunError when the images were loaded for a run that keeps them in another way. */
function checkPictures(dataset: DatasetInfo & KeptShapes, { sourceSize, imageSize }: RunConfig): void {
  if (sourceSize === 'square') {
    const areSquares = [dataset.widths, dataset.heights].every((sides) => sides.every((side) => side === imageSize));
    if (areSquares) return;
    throw new RunError(
      'bad-config',
      `The run asks for images cut to squares of ${imageSize} pixels, and these are kept in another way: load them again.`,
    );
  }
  if (dataset.size <= sourceSize) return;
  throw new RunError(
    'bad-config',
    `The images are loaded at ${dataset.size} pixels and the run asks for a source size of ${sourceSize}: load them again at that size.`,
  );
}
