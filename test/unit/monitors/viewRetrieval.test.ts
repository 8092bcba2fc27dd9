import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { viewRetrieval } from '../../../src/engine/monitors/viewRetrieval';
import { constantRows, featureRows, randomRows } from './rows';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('view retrieval', () => {
  it('is 1 when the two views have the same direction', async () => {
    const a = randomRows(50, 8);
    expect(await viewRetrieval(a, { ...a, data: a.data.map((value) => 3 * value) })).toBe(1);
  });

  it('is 0 when every image has the other view of its neighbour', async () => {
    const a = featureRows([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const b = featureRows([
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
    ]);
    expect(await viewRetrieval(a, b)).toBe(0);
  });

  it('averages over both directions', async () => {
    // From a: rows 0 and 1 both find b0. From b: b0 finds a0, b1 is nearest to a1.
    const a = featureRows([
      [1, 0],
      [1, 0.1],
    ]);
    const b = featureRows([
      [1, 0],
      [0, 1],
    ]);
    expect(await viewRetrieval(a, b)).toBe(0.75);
    expect(await viewRetrieval(b, a)).toBe(0.75);
  });

  it('is chance for constant features', async () => {
    expect(await viewRetrieval(constantRows(20, 4), constantRows(20, 4))).toBe(1 / 20);
  });

  it('chooses the earlier of equally near rows, in both directions', async () => {
    const a = featureRows([
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
    const b = featureRows([
      [1, 0],
      [1, 0],
      [0, 1],
    ]);
    // From a: rows 0 and 2 are right. From b: row 0 is; row 2 finds a1 before a2.
    expect(await viewRetrieval(a, b)).toBe(0.5);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await viewRetrieval(randomRows(10, 4), randomRows(10, 4, 2));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has an answer for one image and none for no image', async () => {
    expect(await viewRetrieval(featureRows([[1, 2]]), featureRows([[-1, 0]]))).toBe(1);
    expect(
      await viewRetrieval({ data: new Float32Array(0), n: 0, d: 2 }, { data: new Float32Array(0), n: 0, d: 2 }),
    ).toBeNaN();
  });

  it('refuses views of different images or spaces', async () => {
    await expect(viewRetrieval(randomRows(3, 4), randomRows(2, 4))).rejects.toThrow('Views of 3 and of 2 images');
    await expect(viewRetrieval(randomRows(3, 4), randomRows(3, 5))).rejects.toThrow('4 dimensions, but keys have 5');
  });
});
