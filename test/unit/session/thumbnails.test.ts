import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Thumbnails } from '../../../src/session/data/thumbnails';

class PlainImageData {
  constructor(
    readonly data: Uint8ClampedArray,
    readonly width: number,
    readonly height: number,
  ) {}
}

/** A worker with `count` images of `size` pixels, each filled with its index. It refuses an index outside the data set, as in the page. */
function worker(size: number, count: number) {
  return vi.fn(async (indices: readonly number[]) => {
    return indices.map((index) => {
      if (index >= count) throw new Error(`There is no image ${index}.`);
      return { width: size, height: size, pixels: new Uint8ClampedArray(size * size * 4).fill(index % 256) };
    });
  });
}

async function settled(): Promise<void> {
  for (let i = 0; i < 200; i++) await Promise.resolve();
}

async function fetched(thumbnails: Thumbnails, indices: readonly number[]): Promise<void> {
  for (const index of indices) thumbnails.want(index);
  await settled();
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

beforeEach(() => {
  vi.stubGlobal('ImageData', PlainImageData);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('thumbnails', () => {
  it('are fetched many in one command, and only once', async () => {
    const fetch = worker(32, 10);
    const thumbnails = new Thumbnails(fetch);
    const told = vi.fn();
    thumbnails.subscribe(told);
    thumbnails.replace(10);
    expect(thumbnails.get(3)).toBeNull();
    await fetched(thumbnails, [3, 7, 3]);
    await fetched(thumbnails, [7]);
    expect(fetch.mock.calls).toEqual([[[3, 7]]]);
    expect([thumbnails.get(3)?.data[0], thumbnails.get(7)?.data[0], thumbnails.get(7)?.width]).toEqual([3, 7, 32]);
    expect(told).toHaveBeenCalledTimes(2);
  });

  it.each([
    [32, 4096],
    [64, 1024],
  ])('of %i pixels take no more than 16 MB: %i images, of which the oldest go first', async (size, capacity) => {
    const thumbnails = new Thumbnails(worker(size, 5000));
    thumbnails.replace(5000);
    await fetched(thumbnails, upTo(capacity));
    expect(upTo(capacity).every((index) => thumbnails.get(index) !== null)).toBe(true);
    await fetched(thumbnails, [capacity, capacity + 1]);
    expect(upTo(5000).filter((index) => thumbnails.get(index) !== null)).toEqual(upTo(capacity).map((i) => i + 2));
  });

  it('an index outside the data set does not affect the others', async () => {
    const thumbnails = new Thumbnails(worker(32, 10));
    thumbnails.replace(10);
    await fetched(thumbnails, [2, 25, 4, -1]);
    expect([thumbnails.get(2)?.data[0], thumbnails.get(4)?.data[0], thumbnails.get(25)]).toEqual([2, 4, null]);
  });

  it('of a data set that was replaced in the meantime are dropped, and those of the new one come', async () => {
    const thumbnails = new Thumbnails(worker(32, 30));
    thumbnails.replace(30);
    thumbnails.want(20);
    await Promise.resolve();
    thumbnails.replace(10);
    await fetched(thumbnails, [5, 20]);
    expect([thumbnails.get(20), thumbnails.get(5)?.data[0]]).toEqual([null, 5]);
  });

  it('are requested again after the worker failed', async () => {
    const fetch = worker(32, 10);
    fetch.mockRejectedValueOnce(new Error('gone'));
    const thumbnails = new Thumbnails(fetch);
    thumbnails.replace(10);
    await fetched(thumbnails, [1, 2]);
    expect(thumbnails.get(1)).toBeNull();
    await fetched(thumbnails, [1]);
    expect(thumbnails.get(1)?.data[0]).toBe(1);
  });

  it('that did not come are not lost: they come with the next that is wanted', async () => {
    const fetch = worker(32, 10);
    fetch.mockRejectedValueOnce(new Error('busy'));
    const thumbnails = new Thumbnails(fetch);
    thumbnails.replace(10);
    await fetched(thumbnails, [1, 2]);
    await fetched(thumbnails, [3]);
    expect([1, 2, 3].map((index) => thumbnails.get(index)?.data[0])).toEqual([1, 2, 3]);
  });

  it('wanted while a command of the last data set is still to fail come, and no stale one is asked', async () => {
    const fetch = worker(32, 10);
    let fail: (reason: Error) => void = () => undefined;
    fetch.mockImplementationOnce(() => new Promise((_, reject) => (fail = reject)));
    const thumbnails = new Thumbnails(fetch);
    thumbnails.replace(30);
    thumbnails.want(20);
    await settled();
    thumbnails.replace(10);
    thumbnails.want(5);
    thumbnails.want(20);
    fail(new Error('There is no image 20.'));
    await settled();
    expect(thumbnails.get(5)?.data[0]).toBe(5);
    expect(fetch.mock.calls).toEqual([[[20]], [[5]]]);
  });
});
