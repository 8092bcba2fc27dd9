import { describe, expect, it } from 'vitest';
import { type DerivingChoice, deriveImages } from '../../../src/data/deriveImages';
import { ImportError } from '../../../src/data/importError';
import { type Derivation, orderOf } from '../../../src/domain/derivation';
import { BANK, type ImageDataset, TEST, TRAIN } from '../../../src/domain/imageDataset';
import { packImages } from '../../../src/domain/imageRanges';
import { syntheticDataset } from '../../setup/syntheticDataset';

const COUNT = 120;
const CHOICE: DerivingChoice = {
  seed: 1,
  holdOut: 'images',
  batchSize: 4,
  groups: () => Uint32Array.from({ length: COUNT }, (_, i) => i),
};

/** Images in four classes that follow one another; every fifth is for testing. */
function images(change: Partial<ImageDataset> = {}): ImageDataset {
  return {
    ...syntheticDataset(COUNT),
    labels: Int16Array.from({ length: COUNT }, (_, i) => Math.floor(i / 30)),
    classNames: ['a', 'b', 'c', 'd'],
    split: Uint8Array.from({ length: COUNT }, (_, i) => (i % 5 === 4 ? TEST : TRAIN)),
    ...change,
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

function chosen(whole: ImageDataset, list: readonly number[], more: Partial<Derivation> = {}): Derivation {
  return { from: '', of: orderOf(whole), images: packImages(list, COUNT), ...more };
}

describe('chosen images', () => {
  it('are views of the same bytes, with their own names, labels and splits, without the classes that have none', () => {
    const whole = images();
    const list = [...range(30, 60), ...range(95, 115)];
    const { dataset, notes } = deriveImages(whole, chosen(whole, list), CHOICE);
    if ('reader' in dataset) throw new Error('not in memory');
    expect(notes).toEqual([]);
    expect(dataset.pixels).toBe(whole.pixels);
    expect([...dataset.offsets]).toEqual(list.map((i) => whole.offsets[i]));
    expect(dataset.names).toEqual(list.map((i) => whole.names[i]));
    expect([...dataset.split]).toEqual(list.map((i) => whole.split[i]));
    expect(dataset.classNames).toEqual(['b', 'd']);
    expect([...(dataset.labels ?? [])]).toEqual(list.map((i) => (i < 60 ? 0 : 1)));
    expect(dataset).toMatchObject({ count: 50, name: `${whole.name}, 50 chosen`, source: whole.source });
    expect(dataset.derivation?.from).toBe(whole.name);
    expect(whole.labels?.[100]).toBe(3);
  });

  it('that are all for testing are split anew, which is said', () => {
    const whole = images();
    const list = range(0, COUNT).filter((i) => i % 5 === 4);
    const { dataset, notes } = deriveImages(whole, chosen(whole, list), CHOICE);
    expect(dataset.split.filter((part) => part === TRAIN).length).toBe(20);
    expect(dataset.split.filter((part) => part === TEST).length).toBe(4);
    expect(notes).toEqual([expect.stringContaining('all for testing')]);
    expect(whole.split[4]).toBe(TEST);
  });

  it('without one for testing hold some out, which is said', () => {
    const whole = images();
    const list = range(0, COUNT).filter((i) => i % 5 !== 4);
    const { dataset, notes } = deriveImages(whole, chosen(whole, list), CHOICE);
    expect(dataset.split.filter((part) => part === TEST).length).toBe(14);
    expect(notes).toEqual([expect.stringContaining('about 15 %')]);
  });

  it('keep the images that vote in kNN where they do in the whole', () => {
    const labels = Int16Array.from({ length: COUNT }, (_, i) => (i % 5 < 3 ? -1 : i % 2));
    const split = Uint8Array.from({ length: COUNT }, (_, i) => [TRAIN, TRAIN, TRAIN, BANK, TEST][i % 5] ?? TRAIN);
    const whole = images({ labels, split });
    const list = range(0, 60);
    const { dataset } = deriveImages(whole, chosen(whole, list), CHOICE);
    expect([...dataset.split]).toEqual([...split.subarray(0, 60)]);
    // Without those that are asked, some of those that vote are.
    const votes = list.filter((i) => split[i] !== TEST);
    const mended = deriveImages(whole, chosen(whole, votes), CHOICE).dataset.split;
    expect(mended.includes(TEST) && mended.includes(BANK)).toBe(true);
  });

  it('that are too few name the batch that fits, or how many are needed', () => {
    const whole = images();
    const refusal = (count: number, batchSize: number) => {
      try {
        deriveImages(whole, chosen(whole, range(0, count)), { ...CHOICE, batchSize });
      } catch (error) {
        return error instanceof ImportError ? [error.message, error.fittingBatch] : [];
      }
      return [];
    };
    expect(refusal(30, 32)).toEqual([expect.stringContaining('Only 24 images to train on'), 8]);
    expect(refusal(5, 4)).toEqual([expect.stringContaining('at least two batches, 8 images. Add images.'), null]);
    expect(refusal(30, 12)).toEqual([]);
  });

  it('of other images are refused', () => {
    const whole = images();
    const derivation = chosen(whole, range(0, 50));
    const renamed = { ...whole, names: whole.names.map((name, i) => (i === 70 ? 'new' : name)) };
    expect(() => deriveImages(renamed, derivation, CHOICE)).toThrow(/not the images/);
  });
});

describe('own classes', () => {
  const classes = [
    { name: 'first', images: '0-19' },
    { name: 'second', images: '60-79' },
  ];

  it('take the place of those of the whole; other images have none', () => {
    const whole = images();
    const { dataset } = deriveImages(whole, { from: '', of: orderOf(whole), classes }, CHOICE);
    expect(dataset.count).toBe(COUNT);
    expect(dataset.classNames).toEqual(['first', 'second']);
    expect([...(dataset.labels ?? [])]).toEqual(range(0, COUNT).map((i) => (i < 20 ? 0 : i >= 60 && i < 80 ? 1 : -1)));
    expect([...dataset.split]).toEqual([...whole.split]);
  });

  it('of chosen images are those with an image among them', () => {
    const whole = images();
    const { dataset } = deriveImages(whole, chosen(whole, range(50, 110), { classes }), CHOICE);
    expect(dataset.classNames).toEqual(['second']);
    expect(deriveImages(whole, chosen(whole, range(80, 120), { classes }), CHOICE).dataset.labels).toBeNull();
  });

  it('in a folder without any give it queries', () => {
    const whole = images({ labels: null, classNames: [], split: new Uint8Array(COUNT) });
    const { dataset } = deriveImages(whole, { from: '', of: orderOf(whole), classes }, CHOICE);
    expect(dataset.split.filter((part) => part === TEST).length).toBe(6);
  });
});
