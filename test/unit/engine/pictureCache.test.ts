import { describe, expect, it } from 'vitest';
import { type LoadedDataset, type PictureReader, squarePlaces } from '../../../src/domain/imageDataset';
import { PictureCache, pixelsOf, trainingImages, withPixels } from '../../../src/engine/images/pictureCache';
import { seededRandom } from '../../../src/engine/random';

const SIDE = 4;
const BYTES = 4 * SIDE * SIDE;

/** A reader of pictures that are filled with their index; `answer` lets the oldest request end. */
function slowReader() {
  const requests: number[][] = [];
  const answers: (() => void)[] = [];
  const reader: PictureReader = {
    read: (indices) => {
      requests.push([...indices]);
      return new Promise((resolve, reject) => {
        answers.push(() =>
          indices.includes(99)
            ? reject(new Error('99.png is gone'))
            : resolve(indices.map((i) => new Uint8Array(BYTES).fill(i))),
        );
      });
    },
    close: () => undefined,
  };
  return { reader, requests, answer: () => answers.shift()?.() };
}

function quickReader() {
  const slow = slowReader();
  const reader: PictureReader = {
    ...slow.reader,
    read: (indices) => {
      const answered = slow.reader.read(indices);
      slow.answer();
      return answered;
    },
  };
  return { ...slow, reader };
}

const shapes = (count: number) => ({
  ...squarePlaces(count, SIDE),
  numbers: Uint32Array.from({ length: count }, (_, i) => i),
});
const cacheOf = (reader: PictureReader, cached: number, ahead: number, count = 100) =>
  new PictureCache(reader, shapes(count), cached * BYTES, ahead * BYTES);
const firstBytes = (cache: PictureCache, indices: readonly number[]) =>
  cache.use(indices, () => indices.map((index) => cache.pixelsOf(index)[0]));

describe('the cache of decoded pictures', () => {
  it('decodes what it does not hold, once', async () => {
    const { reader, requests } = quickReader();
    const cache = cacheOf(reader, 8, 8);
    expect(await firstBytes(cache, [3, 1, 3])).toEqual([3, 1, 3]);
    expect(await firstBytes(cache, [1, 2])).toEqual([1, 2]);
    expect(requests).toEqual([[3, 1], [2]]);
    expect(cache.memory).toEqual({ bytes: 3 * BYTES, most: 16 * BYTES });
  });

  it('lets nothing be read that was not decoded for it', async () => {
    const cache = cacheOf(quickReader().reader, 8, 8);
    await firstBytes(cache, [1]);
    expect(() => cache.pixelsOf(1)).toThrow('read before they were decoded');
    await expect(cache.use([1], () => cache.pixelsOf(2))).rejects.toThrow('image 2');
  });

  it('asks for the pictures by their numbers in the reader', async () => {
    const { reader, requests } = quickReader();
    const cache = new PictureCache(reader, { ...shapes(3), numbers: Uint32Array.of(7, 2, 40) }, 3 * BYTES, 0);
    expect(await firstBytes(cache, [0, 2])).toEqual([7, 40]);
    expect(await firstBytes(cache, [1, 0])).toEqual([2, 7]);
    expect(requests).toEqual([[7, 40], [2]]);
  });

  it('decodes ahead within its budget, and does not ask again for what is under way', async () => {
    const { reader, requests, answer } = slowReader();
    const cache = cacheOf(reader, 8, 5);
    cache.expect([1, 2, 3]);
    cache.expect([4, 5, 6]);
    expect(requests).toEqual([[1, 2, 3]]);
    cache.expect([3, 4, 5]);
    expect(requests).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    const read = firstBytes(cache, [2, 4]);
    answer();
    answer();
    expect(await read).toEqual([2, 4]);
    expect(requests).toHaveLength(2);
    expect(cache.memory.bytes).toBe(5 * BYTES);
  });

  it('keeps what is used more often than others, and no more than its budget', async () => {
    const { reader, requests } = quickReader();
    const cache = cacheOf(reader, 4, 0);
    await firstBytes(cache, [0, 1, 2, 3]);
    for (let i = 0; i < 3; i++) await firstBytes(cache, [7]);
    expect(requests.filter((indices) => indices.includes(7))).toHaveLength(3);
    await firstBytes(cache, [7]);
    expect(requests.filter((indices) => indices.includes(7))).toHaveLength(3);
    expect(cache.memory.bytes).toBe(4 * BYTES);
  });

  it('has as many hits in random order as it holds of all pictures', async () => {
    const { reader, requests } = quickReader();
    const cache = cacheOf(reader, 40, 0);
    const random = seededRandom(1, 'test');
    const epochs = 20;
    for (let epoch = 0; epoch < epochs; epoch++) for (const i of random.permutation(98)) await firstBytes(cache, [i]);
    const share = 1 - (requests.flat().length - 98) / (98 * (epochs - 1));
    expect(share).toBeCloseTo(40 / 98, 1);
  });

  it('reports a picture that cannot be decoded when it is used, and tries again', async () => {
    const { reader, requests } = quickReader();
    const cache = cacheOf(reader, 8, 8);
    cache.expect([99, 1]);
    await new Promise((resolve) => setTimeout(resolve));
    await expect(firstBytes(cache, [99])).rejects.toThrow('99.png is gone');
    expect(await firstBytes(cache, [1])).toEqual([1]);
    expect(requests).toEqual([[99, 1], [99], [1]]);
    expect(cache.memory.bytes).toBe(BYTES);
  });

  it('frees what it does not keep, once nobody uses it any more', async () => {
    const { reader, answer } = slowReader();
    const cache = cacheOf(reader, 1, 8);
    const seen: Uint8Array[] = [];
    const look = (indices: readonly number[]) =>
      cache.use(indices, () => {
        seen.push(cache.pixelsOf(2));
        return cache.pixelsOf(2)[0];
      });
    const both = [look([1, 2]), look([2])];
    answer();
    expect(await Promise.all(both)).toEqual([2, 2]);
    expect(seen[0]).toBe(seen[1]);
    expect(seen[0]).toHaveLength(0);
    expect(await firstBytes(cache, [1])).toEqual([1]);
  });

  it('forgets at the end of a run what was expected', async () => {
    const { reader, answer } = slowReader();
    const cache = cacheOf(reader, 8, 8);
    cache.expect([1, 2]);
    cache.endRun();
    answer();
    await new Promise((resolve) => setTimeout(resolve));
    expect(cache.memory.bytes).toBe(0);
  });
});

it('pictures in memory are read at once', () => {
  const pixels = Uint8Array.from({ length: 3 * BYTES }, (_, i) => Math.floor(i / BYTES));
  const images = trainingImages({ ...squarePlaces(3, SIDE), pixels } as LoadedDataset);
  expect(withPixels(images, [2], () => pixelsOf(images, 2))).toEqual(new Uint8Array(BYTES).fill(2));
});
