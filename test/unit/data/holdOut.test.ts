import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import { describe, expect, test } from 'vitest';
import { holdOutImages, holdOutPictures } from '../../../src/data/import/holdOut';
import { NO_LABEL, TEST } from '../../../src/domain/imageDataset';

type Rule = (labels: Int16Array, split: Uint8Array, seed: number) => void;

/** Both rules, on pictures that are all different. */
const RULES: readonly (readonly [string, Rule])[] = [
  ['one by one', holdOutImages],
  ['by pictures', (labels, split, seed) => holdOutPictures(labels, Uint32Array.from(labels.keys()), split, seed)],
];

describe.each(RULES)('holding out %s', (_, rule) => {
  function held(labels: Int16Array, seed = 1): number[] {
    const split = new Uint8Array(labels.length);
    rule(labels, split, seed);
    return [...split.keys()].filter((i) => split[i] === TEST);
  }
  const cycle = (count: number, classes: number) => Int16Array.from({ length: count }, (_, i) => i % classes);

  test('takes 15 % of each class', () => {
    const labels = cycle(1000, 4);
    const perClass = [0, 0, 0, 0];
    for (const i of held(labels)) perClass[labels[i]]++;
    expect(perClass.reduce((a, b) => a + b)).toBe(150);
    for (const count of perClass) expect([37, 38]).toContain(count);
  });

  test('takes 2,000 at most, evenly', () => {
    const labels = cycle(50_000, 10);
    const perClass = new Array(10).fill(0);
    for (const i of held(labels)) perClass[labels[i]]++;
    expect(perClass).toEqual(new Array(10).fill(200));
  });

  test('leaves every class at least one image, and unlabelled images alone', () => {
    const labels = Int16Array.from([...new Array(20).fill(0), 1, 2, 2, ...new Array(30).fill(NO_LABEL)]);
    const out = held(labels);
    expect(out.length).toBeGreaterThan(0);
    expect(out.every((i) => labels[i] !== NO_LABEL && labels[i] !== 1)).toBe(true);
    expect(out.filter((i) => labels[i] === 2).length).toBeLessThan(2);
  });

  test('is the same for a seed and differs between seeds', () => {
    const labels = cycle(400, 3);
    expect(held(labels, 7)).toEqual(held(labels, 7));
    expect(held(labels, 7)).not.toEqual(held(labels, 8));
    // Spread over the whole list, not bunched at one end.
    expect(Math.min(...held(labels, 7))).toBeLessThan(100);
    expect(Math.max(...held(labels, 7))).toBeGreaterThan(300);
  });
});

describe('holding out pictures in groups', () => {
  /** Images in random groups, each named by its first member, with labels of 0 to `classes` - 1 and some without; groups mix labels. */
  function drawn(seed: number) {
    const random = mersenne(seed);
    const count = uniformInt(random, 200, 3000);
    const classes = uniformInt(random, 2, 12);
    const largest = uniformInt(random, 1, 8);
    const groups = new Uint32Array(count);
    for (let i = 0; i < count; ) {
      const size = uniformInt(random, 1, largest);
      for (let k = i; k < Math.min(count, i + size); k++) groups[k] = i;
      i += size;
    }
    // Members of a group are not neighbours in the list.
    const order = Array.from({ length: count }, (_, i) => i);
    for (let k = count - 1; k > 0; k--) {
      const j = uniformInt(random, 0, k);
      [order[k], order[j]] = [order[j], order[k]];
    }
    const mixed = Uint32Array.from(order, (i) => groups[i]);
    const label = () => (uniformInt(random, 0, 19) === 0 ? NO_LABEL : uniformInt(random, 0, classes - 1));
    return { classes, groups: mixed, labels: Int16Array.from({ length: count }, label) };
  }

  function heldOut({ labels, groups }: { labels: Int16Array; groups: Uint32Array }, seed: number): Uint8Array {
    const split = new Uint8Array(labels.length);
    holdOutPictures(labels, groups, split, seed);
    return split;
  }

  test.each(Array.from({ length: 40 }, (_, i) => i))(
    'no group is on both sides, and the shares hold: case %i',
    (seed) => {
      const images = drawn(seed);
      const split = heldOut(images, seed);
      const sides = new Map<number, Set<number>>();
      for (const [i, group] of images.groups.entries()) sides.set(group, (sides.get(group) ?? new Set()).add(split[i]));
      expect([...sides.values()].filter((both) => both.size > 1)).toEqual([]);
      for (let label = 0; label < images.classes; label++) {
        const own = [...images.labels.keys()].filter((i) => images.labels[i] === label);
        const test = own.filter((i) => split[i] === TEST).length;
        expect(test, `class ${label}`).toBeLessThanOrEqual(Math.ceil(0.15 * own.length));
        expect(test, `class ${label}`).toBeGreaterThanOrEqual(Math.floor(0.15 * own.length) - 8);
        expect(test, `class ${label}`).toBeGreaterThan(0);
      }
      expect(heldOut(images, seed)).toEqual(split);
      expect(heldOut(images, seed + 1)).not.toEqual(split);
    },
  );

  test('a class of a few large groups gives its smallest one, if half of the class stays', () => {
    // Class 0: groups of 40, 30 and 12; class 1: one group; class 2: all different.
    const labels = Int16Array.from({ length: 182 }, (_, i) => (i < 82 ? 0 : i < 132 ? 1 : 2));
    const groups = Uint32Array.from(labels, (label, i) =>
      i < 40 ? 0 : i < 70 ? 40 : i < 82 ? 70 : label === 1 ? 82 : i,
    );
    for (const seed of [1, 2, 3]) {
      const split = heldOut({ labels, groups }, seed);
      const held = (label: number) => [...labels.keys()].filter((i) => labels[i] === label && split[i] === TEST);
      expect(held(0)).toEqual(Array.from({ length: 12 }, (_, i) => 70 + i));
      expect(held(1)).toEqual([]);
      expect([7, 8]).toContain(held(2).length);
    }
  });

  test('an unlabelled twin of a held-out image is held out, and other unlabelled images are not', () => {
    const labels = Int16Array.from({ length: 120 }, (_, i) => (i < 100 ? i % 2 : NO_LABEL));
    const groups = Uint32Array.from({ length: 120 }, (_, i) => (i < 110 ? i % 100 : i));
    const split = heldOut({ labels, groups }, 1);
    for (let i = 100; i < 110; i++) expect(split[i]).toBe(split[i - 100]);
    expect([...split.subarray(110)]).toEqual(new Array(10).fill(0));
  });
});
