import { counted } from './counted';
import { configProblems, type RunConfig } from './runConfig';

/** A reason why no run can be built from settings and images. */
export interface RunProblem {
  readonly code: 'bad-config' | 'too-few-images';
  /** The reason, and what to do. */
  readonly text: string;
}

const SMALLEST_BATCH = 4;

/** Whether there are enough images to train on: an epoch needs at least two batches. */
export function areEnough(images: number, batchSize: number): boolean {
  return images >= 2 * batchSize;
}

/** What to do where there are too few images. */
export function adviceOnFew(images: number): string {
  const batch = Math.floor(images / 2);
  return batch >= SMALLEST_BATCH ? `Add images, or set the batch size to ${batch} or less.` : 'Add images.';
}

/** The largest power of two of which an epoch has two batches, or null when it is smaller than the smallest batch. */
export function fittingBatch(images: number): number | null {
  const batch = 2 ** Math.floor(Math.log2(Math.max(1, images / 2)));
  return batch >= SMALLEST_BATCH ? batch : null;
}

/**
 * Why no run can be built from these settings and that many training images; empty when one can. The page checks before it requests a
 * run, and the engine when it builds one.
 */
export function runProblems(config: RunConfig, images: number): RunProblem[] {
  const problems: RunProblem[] = configProblems(config).map((text) => ({ code: 'bad-config', text }));
  if (areEnough(images, config.batchSize)) return problems;
  const few = `${counted(images, 'image')} to train on ${images === 1 ? 'is' : 'are'} fewer than two batches of ${config.batchSize}.`;
  return [{ code: 'too-few-images', text: `${few} ${adviceOnFew(images)}` }, ...problems];
}
