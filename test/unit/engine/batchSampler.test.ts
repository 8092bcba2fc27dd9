import { describe, expect, it } from 'vitest';
import { BatchSampler } from '../../../src/engine/images/batchSampler';

const images = Uint32Array.from({ length: 22 }, (_, i) => 100 + i);

describe('BatchSampler', () => {
  it('draws every image at most once an epoch and drops the last short batch', () => {
    const sampler = new BatchSampler(images, 5, 1);
    expect(sampler.batchesPerEpoch).toBe(4);
    const epoch = [0, 1, 2, 3].flatMap((t) => [...sampler.batch(t).images]);
    expect(new Set(epoch).size).toBe(20);
    expect(epoch.every((i) => images.includes(i))).toBe(true);
  });

  it('tells which training image each is', () => {
    const { positions, images: drawn } = new BatchSampler(images, 5, 1).batch(2);
    expect([...positions].map((position) => images[position])).toEqual([...drawn]);
  });

  it('draws a new order each epoch, which depends on seed and epoch only', () => {
    const sampler = new BatchSampler(images, 5, 1);
    const forward = Array.from({ length: 8 }, (_, t) => [...sampler.batch(t).images]);
    const backward = Array.from({ length: 8 }, (_, t) => [
      ...new BatchSampler(images, 5, 1).batch(7 - t).images,
    ]).reverse();
    expect(backward).toEqual(forward);
    expect(forward.slice(4)).not.toEqual(forward.slice(0, 4));
    expect([...new BatchSampler(images, 5, 2).batch(0).images]).not.toEqual(forward[0]);
  });

  it('refuses fewer images than a batch', () => {
    expect(() => new BatchSampler(images.subarray(0, 4), 5, 1)).toThrow(/batch of 5/);
  });
});
