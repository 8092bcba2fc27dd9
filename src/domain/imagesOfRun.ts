import { type DatasetInfo, TRAIN } from './imageDataset';

/** Which images of a data set a run uses (the setting `images`). */

/** Images held out of a part of a data set at least, where the data set has as many: with fewer, kNN accuracy is known to 3 % only. */
const FEWEST_HELD_OUT = 300;

/** The smallest part of a data set that a run can use. */
export const FEWEST_IMAGES = 400;

/** Knuth's multiplicative hash. Its multiples of 0, 1, 2, ... are spread evenly however many there are, and no two are equal. */
const SPREAD = 0x9e3779b1;

/** The first `count` of these images, spread evenly over them: those of a smaller count are among those of a larger one. */
function spread(images: readonly number[], count: number): number[] {
  const place = (rank: number) => Math.imul(rank, SPREAD) >>> 0;
  const ranks = images.map((_, rank) => rank).sort((a, b) => place(a) - place(b));
  return ranks.slice(0, count).map((rank) => images[rank]);
}

/**
 * The images of a run that uses `count` images, in ascending order. Training and held-out images have the shares that they have in the data
 * set, but at least 300 are held out, or all that the data set holds out. Both are spread evenly over the data set's order, so that a data
 * set sorted by class keeps the shares of its classes. The images of a smaller count are among those of a larger one.
 * @param split `TRAIN`, `TEST` or `BANK` per image of the data set
 * @param count 0 or more than there are: all; else at least `FEWEST_IMAGES`
 */
export function imagesOfRun(split: ArrayLike<number>, count: number): Uint32Array {
  const all = Array.from(split, (_, i) => i);
  if (count === 0 || count >= all.length) return Uint32Array.from(all);
  const held = all.filter((i) => split[i] !== TRAIN);
  const train = all.filter((i) => split[i] === TRAIN);
  const fewest = Math.min(FEWEST_HELD_OUT, held.length);
  const heldCount = Math.max(fewest, Math.round((count * held.length) / all.length));
  return Uint32Array.from([...spread(train, count - heldCount), ...spread(held, heldCount)]).sort();
}

/** What a data set says of each of its images. */
type ImageFacts = Pick<DatasetInfo, 'names' | 'labels' | 'split'>;

/** The same of some of the images. */
export function factsOf({ names, labels, split }: ImageFacts, images: Uint32Array): ImageFacts {
  return {
    names: Array.from(images, (i) => names[i]),
    labels: labels && Int16Array.from(images, (i) => labels[i]),
    split: Uint8Array.from(images, (i) => split[i]),
  };
}
