import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import { NO_LABEL, TEST } from '../../domain/imageDataset';

/** The share of the labelled images that is held out where the folders name no test set. */
export const HELD_OUT_SHARE = 0.15;
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
function quotas(counts: readonly number[], share: number): number[] {
  const labelled = counts.reduce((total, count) => total + count, 0);
  const total = Math.min(MAX_HELD_OUT, Math.round(share * labelled));
  const exact = counts.map((count) => (count * total) / labelled);
  const taken = exact.map(Math.floor);
  const byRemainder = exact
    .map((count, i) => ({ i, remainder: count - Math.floor(count) }))
    .filter(({ i }) => counts[i] > taken[i] + 1)
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  const missing = total - taken.reduce((sum, count) => sum + count, 0);
  for (const { i } of byRemainder.slice(0, missing)) taken[i]++;
  return taken;
}

/**
 * The rule `images`: marks labelled images as `TEST`, the queries of kNN: a share of each class, at most 2,000 images in all, drawn one by
 * one with the seed. Unlabelled images are never held out.
 */
export function holdOutImages(labels: Int16Array, split: Uint8Array, seed: number, share = HELD_OUT_SHARE): void {
  const classes = indicesByClass(labels);
  const random = mersenne(seed);
  for (const [i, quota] of quotas(
    classes.map(({ length }) => length),
    share,
  ).entries()) {
    const indices = classes[i];
    // The first steps of a Fisher-Yates shuffle are a draw without replacement.
    for (let k = 0; k < quota; k++) {
      const j = uniformInt(random, k, indices.length - 1);
      [indices[k], indices[j]] = [indices[j], indices[k]];
      split[indices[k]] = TEST;
    }
  }
}

/** The groups that have a labelled image: their members in order, and the number of them in each class. */
function labelledGroups(labels: Int16Array, groups: Uint32Array) {
  const members = new Map<number, number[]>();
  for (const [i, group] of groups.entries()) {
    const there = members.get(group);
    if (there === undefined) members.set(group, [i]);
    else there.push(i);
  }
  return [...members.values()].flatMap((indices) => {
    const counts = new Map<number, number>();
    for (const i of indices) if (labels[i] !== NO_LABEL) counts.set(labels[i], (counts.get(labels[i]) ?? 0) + 1);
    return counts.size === 0 ? [] : [{ indices, counts }];
  });
}

/**
 * The rule `pictures`: as `holdOutImages`, but draws whole groups of pictures that show the same, so that no query has a twin among the
 * training images. A group is held out if it fits into what is left of the share of each of its classes; where none fits, the
 * smallest group of a class that leaves every class half of its images. Unlabelled members are held out with their group, but are no queries.
 * @param groups the group of each image (`groupPictures`)
 * @param share of the labelled images, in [0, 1]
 */
export function holdOutPictures(
  labels: Int16Array,
  groups: Uint32Array,
  split: Uint8Array,
  seed: number,
  share = HELD_OUT_SHARE,
): void {
  const classes = indicesByClass(labels);
  const total = new Map(classes.map((indices) => [labels[indices[0]], indices.length]));
  const quota = new Map(
    quotas(
      classes.map(({ length }) => length),
      share,
    ).map((most, i) => [labels[classes[i][0]], most]),
  );
  const held = new Map([...quota.keys()].map((label) => [label, 0]));
  const order = labelledGroups(labels, groups);
  const random = mersenne(seed);
  for (let k = order.length - 1; k > 0; k--) {
    const j = uniformInt(random, 0, k);
    [order[k], order[j]] = [order[j], order[k]];
  }
  type Group = (typeof order)[number];
  const fits = ({ counts }: Group, most: (label: number) => number) =>
    [...counts].every(([label, count]) => (held.get(label) ?? 0) + count <= most(label));
  const take = ({ indices, counts }: Group) => {
    for (const i of indices) split[i] = TEST;
    for (const [label, count] of counts) held.set(label, (held.get(label) ?? 0) + count);
  };
  for (const group of order) if (fits(group, (label) => quota.get(label) ?? 0)) take(group);
  for (const [label, most] of quota) {
    if (most === 0 || held.get(label) !== 0) continue;
    const [smallest] = order
      .filter((group) => group.counts.has(label) && fits(group, (other) => Math.floor((total.get(other) ?? 0) / 2)))
      .sort((a, b) => a.indices.length - b.indices.length);
    if (smallest !== undefined) take(smallest);
  }
}
