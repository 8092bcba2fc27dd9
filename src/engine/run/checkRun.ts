import { type ImageDataset, indicesOf, TRAIN } from '../../domain/imageDataset';
import type { RunConfig } from '../../domain/runConfig';
import { type RunProblem, runProblems } from '../../domain/runProblems';
import { activationBytesPerImage } from '../network/networkConvolutions';

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

/** @throws RunError when the adapter cannot hold the activations of a batch. Checked here, as WebGPU reports it outside any call. */
function checkAdapter(config: RunConfig, limit: number): void {
  const bytes = 2 * config.batchSize * activationBytesPerImage(config);
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
  const problems = runProblems(config, indicesOf(dataset, TRAIN).length);
  if (problems[0] !== undefined) throw new RunError(problems[0].code, problems.map(({ text }) => text).join(' '));
  if (dataset.size !== config.imageSize) {
    throw new RunError(
      'bad-config',
      `The images are loaded at ${dataset.size} pixels and the run asks for ${config.imageSize}: load them again at that size.`,
    );
  }
  checkAdapter(config, bindingLimit);
}
