import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BANK, TEST, TRAIN } from '../../../src/domain/imageDataset';
import { FEWEST_IMAGES, imagesOfRun } from '../../../src/domain/imagesOfRun';
import { presetConfig } from '../../../src/domain/presets';
import { configProblems } from '../../../src/domain/runConfig';

/** A data set with so many training images, and after them held-out ones. */
const splitOf = (train: number, held: number) => [...Array(train).fill(TRAIN), ...Array(held).fill(TEST)];
const heldIn = (split: readonly number[], images: Uint32Array) => [...images].filter((i) => split[i] !== TRAIN).length;

const manifest = (name: string): { labels: number[]; split: number[] } =>
  JSON.parse(readFileSync(new URL(`../../../public/samples/${name}.json`, import.meta.url), 'utf8'));

describe('the images of a run', () => {
  it('are all of them for 0, and for as many as there are or more', () => {
    const split = splitOf(800, 200);
    for (const count of [0, 1000, 5000]) expect([...imagesOfRun(split, count)]).toEqual([...split.keys()]);
  });

  it.each([
    // Of 12,000, 2,000 are held out: a sixth, but at least 300.
    [10_000, 2000, 400, 300],
    [10_000, 2000, 1500, 300],
    [10_000, 2000, 1800, 300],
    [10_000, 2000, 3000, 500],
    [10_000, 2000, 11_999, 2000],
    // As many as there are.
    [10_000, 120, 1500, 120],
    [1000, 0, 500, 0],
    [0, 1000, 500, 500],
    [600, 600, 1199, 600],
  ])('%i training and %i held-out ones: of %i, %i are held out', (train, held, count, expected) => {
    const split = splitOf(train, held);
    const images = imagesOfRun(split, count);
    expect([images.length, heldIn(split, images)]).toEqual([count, expected]);
    expect([...images]).toEqual([...new Set(images)].sort((a, b) => a - b));
  });

  it('of a smaller number are among those of a larger one', () => {
    for (const split of [splitOf(1000, 700), splitOf(2000, 100), [...splitOf(500, 0), ...splitOf(0, 900)]]) {
      let before = imagesOfRun(split, FEWEST_IMAGES);
      for (let count = FEWEST_IMAGES + 1; count <= split.length; count++) {
        const images = imagesOfRun(split, count);
        const own = new Set(images);
        expect(
          before.every((image) => own.has(image)),
          `${count}`,
        ).toBe(true);
        before = images;
      }
    }
  });

  it('take the voters of kNN with the queries', () => {
    const split = Array.from({ length: 2000 }, (_, i) => (i < 1000 ? TRAIN : i % 2 === 0 ? TEST : BANK));
    const images = [...imagesOfRun(split, 1000)];
    const queries = images.filter((i) => split[i] === TEST).length;
    expect(Math.abs(queries - 250)).toBeLessThan(10);
  });

  it('keep the shares of the classes of a data set that is sorted by class', () => {
    for (const name of ['fashion-mnist', 'emoji-3d.v2']) {
      const { labels, split } = manifest(name);
      const train = (indices: readonly number[]) => indices.filter((i) => split[i] === TRAIN);
      const all = train([...labels.keys()]);
      const some = train([...imagesOfRun(split, 1500)]);
      for (const label of new Set(labels)) {
        const share = (indices: readonly number[]) =>
          indices.filter((i) => labels[i] === label).length / indices.length;
        expect(Math.abs(share(some) - share(all)), `${name}: ${label}`).toBeLessThan(0.03);
      }
    }
  });

  it('are at least 400: with fewer, the settings say what to do', () => {
    const problems = (images: number) => configProblems({ ...presetConfig('tiny'), images });
    for (const images of [0, 400, 1500, 100_000]) expect(problems(images)).toEqual([]);
    for (const images of [1, 399]) expect(problems(images)).toEqual([expect.stringContaining('at least 400 images')]);
  });
});
