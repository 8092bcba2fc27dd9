import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import { NO_LABEL, TEST } from '../../domain/imageDataset';

const SHARE = 0.15;
const MAX_HELD_OUT = 2000;

/** Indices of the images of each class, in order; without the unlabelled ones. */
function indicesByClass(labels: Int16Array): number[][] {
  const byClass: number[][] = [];
  for (const [i, label] of labels.entries()) {
    if (label === NO_LABEL) continue;
    byClass[label] ??= [];
    byClass[label].push(i);
  }
  return byClass.filter((indices) => indices !== undefined);
}

/**
 * How many images of each class to hold out: the integer part of its proportional share, then one more for the classes with the
 * largest remainders until the total is reached. Every class keeps at least one image to train on.
 */
function quotas(counts: readonly number[]): number[] {
  const labelled = counts.reduce((total, count) => total + count, 0);
  const total = Math.min(MAX_HELD_OUT, Math.round(SHARE * labelled));
  const shares = counts.map((count) => (count * total) / labelled);
  const taken = shares.map(Math.floor);
  const byRemainder = shares
    .map((share, i) => ({ i, remainder: share - Math.floor(share) }))
    .filter(({ i }) => counts[i] > taken[i] + 1)
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  const missing = total - taken.reduce((sum, count) => sum + count, 0);
  for (const { i } of byRemainder.slice(0, missing)) taken[i]++;
  return taken;
}

/**
 * Marks labelled images as `TEST`, the queries of kNN: about 15 % of each class, at most 2,000 in all, drawn with the seed.
 * Unlabelled images are never held out.
 */
export function holdOut(labels: Int16Array, split: Uint8Array, seed: number): void {
  const classes = indicesByClass(labels);
  const random = mersenne(seed);
  for (const [i, quota] of quotas(classes.map((indices) => indices.length)).entries()) {
    const indices = classes[i];
    // The first steps of a Fisher-Yates shuffle are a draw without replacement.
    for (let k = 0; k < quota; k++) {
      const j = uniformInt(random, k, indices.length - 1);
      [indices[k], indices[j]] = [indices[j], indices[k]];
      split[indices[k]] = TEST;
    }
  }
}
