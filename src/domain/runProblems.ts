import { configProblems, type RunConfig } from './runConfig';

/** Why settings and images do not make a run. */
export interface RunProblem {
  readonly code: 'bad-config' | 'too-few-images';
  /** In words that say what to do. */
  readonly text: string;
}

const SMALLEST_BATCH = 4;

/** Whether images suffice to train on: an epoch has at least two batches. */
export function areEnough(images: number, batchSize: number): boolean {
  return images >= 2 * batchSize;
}

/** What to do where images are too few. */
export function adviceOnFew(images: number): string {
  const batch = Math.floor(images / 2);
  return batch >= SMALLEST_BATCH ? `Add images, or set the batch size to ${batch} or less.` : 'Add images.';
}

/** The largest power of two of which two batches fit, or null when not even the smallest does. */
export function fittingBatch(images: number): number | null {
  const batch = 2 ** Math.floor(Math.log2(Math.max(1, images / 2)));
  return batch >= SMALLEST_BATCH ? batch : null;
}

/**
 * Why no run can be made of these settings and that many images to train on; empty when one can. The page asks before it builds a run,
 * and the engine when it does.
 */
export function runProblems(config: RunConfig, images: number): RunProblem[] {
  const problems: RunProblem[] = configProblems(config).map((text) => ({ code: 'bad-config', text }));
  if (areEnough(images, config.batchSize)) return problems;
  const few = `${images.toLocaleString('en')} images to train on are fewer than two batches of ${config.batchSize}.`;
  return [{ code: 'too-few-images', text: `${few} ${adviceOnFew(images)}` }, ...problems];
}
