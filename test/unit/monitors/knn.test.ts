import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { unitRows } from '../../../src/engine/monitors/featureRows';
import { chanceRate, type KnnInput, knnAccuracy } from '../../../src/engine/monitors/knn';
import { similarityBlocks } from '../../../src/engine/monitors/similarity';
import { constantRows, featureRows, randomRows } from './rows';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Classes 0 along x, 1 along y, 2 along -x. */
const INPUT: KnnInput = {
  bank: featureRows([
    [1, 0],
    [5, 1],
    [0, 2],
    [1, 9],
    [-1, 0],
  ]),
  bankLabels: [0, 0, 1, 1, 2],
  queries: featureRows([
    [3, 0.1],
    [0.1, 3],
    [-2, 0.1],
  ]),
  queryLabels: [0, 1, 2],
  classes: 3,
  k: 1,
  temperature: 0.1,
};

describe('kNN', () => {
  it('classifies by direction, not by length', async () => {
    const result = await knnAccuracy(INPUT);
    expect([...result.predicted]).toEqual([0, 1, 2]);
    expect(result).toMatchObject({ accuracy: 1, correct: 3, k: 1 });
  });

  it('weights a near neighbour above two far ones, the more so the lower T', async () => {
    const query = { queries: featureRows([[-1, 0.2]]), queryLabels: [2], k: 3 };
    expect([...(await knnAccuracy({ ...INPUT, ...query, temperature: 0.1 })).predicted]).toEqual([2]);
    // With nearly equal weights the two rows of class 1 outvote the nearer row.
    expect([...(await knnAccuracy({ ...INPUT, ...query, temperature: 10 })).predicted]).toEqual([1]);
  });

  it('clamps k to the bank', async () => {
    const all = await knnAccuracy({ ...INPUT, k: 5 });
    const more = await knnAccuracy({ ...INPUT, k: 1000 });
    expect(more.k).toBe(5);
    expect(more.scores).toEqual(all.scores);
  });

  it('keeps scores finite at a temperature where exp(cos / T) is not', async () => {
    const { scores, accuracy } = await knnAccuracy({ ...INPUT, k: 5, temperature: 0.001 });
    expect(scores.every(Number.isFinite)).toBe(true);
    expect(accuracy).toBe(1);
  });

  it('gives constant features the classes of the first rows', async () => {
    const result = await knnAccuracy({ ...INPUT, bank: constantRows(5, 2), queries: constantRows(3, 2), k: 3 });
    expect([...result.predicted]).toEqual([0, 0, 0]);
    expect(result.scores[0]).toBeCloseTo(2 / 3, 12);
    expect(result.scores[1]).toBeCloseTo(1 / 3, 12);
  });

  it('treats zero rows as equally far from all rows', async () => {
    const { predicted, scores } = await knnAccuracy({
      ...INPUT,
      queries: featureRows([
        [0, 0],
        [0, 0],
        [0, 0],
      ]),
      k: 5,
    });
    expect([...predicted]).toEqual([0, 0, 0]);
    [0.4, 0.4, 0.2].forEach((share, c) => expect(scores[c]).toBeCloseTo(share, 12));
  });

  it('finds the same as sorting, over several blocks of queries and with ties', async () => {
    const bank = randomRows(300, 3);
    // Every row twice.
    bank.data.copyWithin(450, 0, 450);
    const queries = randomRows(40, 3, 7);
    const bankLabels = Array.from({ length: 300 }, (_, i) => (i * 7) % 11);
    const queryLabels = Array.from({ length: 40 }, (_, i) => i % 11);
    const input = { bank, bankLabels, queries, queryLabels, classes: 11, k: 17, temperature: 0.2 };
    const { scores } = await knnAccuracy(input);
    for await (const { start, count, values } of similarityBlocks(unitRows(queries), unitRows(bank), {
      blockEntries: 7 * 300,
    })) {
      expect(count).toBeLessThanOrEqual(7);
      for (let row = 0; row < count; row++) {
        const similarities = values.subarray(row * 300, (row + 1) * 300);
        const nearest = Array.from(similarities.keys())
          .sort((a, b) => similarities[b] - similarities[a] || a - b)
          .slice(0, 17);
        const votes = new Float64Array(11);
        for (const i of nearest) votes[bankLabels[i]] += Math.exp(similarities[i] / 0.2);
        const total = votes.reduce((sum, weight) => sum + weight);
        votes.forEach((weight, c) => expect(scores[(start + row) * 11 + c]).toBeCloseTo(weight / total, 10));
      }
    }
  });

  it('finds the same where the device limits the rows of a block', async () => {
    const [bank, queries] = [unitRows(randomRows(31, 3)), unitRows(randomRows(12, 3, 7))];
    const all = async (largest: number) => {
      const values: number[] = [];
      for await (const block of similarityBlocks(queries, bank, { blockEntries: 5 * 31 }, largest)) {
        expect(4 * 3 * block.count).toBeLessThanOrEqual(largest);
        expect(block.values).toHaveLength(block.count * 31);
        values.push(...block.values);
      }
      return values;
    };
    const whole = await all(Number.POSITIVE_INFINITY);
    expect(whole).toHaveLength(12 * 31);
    for (const rows of [1, 4, 30, 31]) expect(await all(4 * 3 * rows)).toEqual(whole);
  });

  it('names the arguments that do not match', async () => {
    await expect(
      knnAccuracy({ ...INPUT, bank: { data: new Float32Array(0), n: 0, d: 2 }, bankLabels: [] }),
    ).rejects.toThrow('bank is empty');
    await expect(knnAccuracy({ ...INPUT, bankLabels: [0, 0, 1, 1, -1] })).rejects.toThrow('bankLabels[4] is -1');
    await expect(knnAccuracy({ ...INPUT, queryLabels: [0, 1, 3] })).rejects.toThrow('not a class in 0..2');
    await expect(knnAccuracy({ ...INPUT, queryLabels: [0, 1] })).rejects.toThrow('expected 3 labels, got 2');
    await expect(knnAccuracy({ ...INPUT, k: 0 })).rejects.toThrow('k must be');
    await expect(knnAccuracy({ ...INPUT, temperature: 0 })).rejects.toThrow('temperature must be above 0');
    await expect(knnAccuracy({ ...INPUT, queries: randomRows(3, 4) })).rejects.toThrow('4 dimensions, but keys have 2');
  });

  it('has no accuracy without queries', async () => {
    const none = { queries: { data: new Float32Array(0), n: 0, d: 2 }, queryLabels: [] };
    expect((await knnAccuracy({ ...INPUT, ...none })).accuracy).toBeNaN();
  });
});

describe('similarity blocks', () => {
  it('free all tensors, also when the iteration ends early', async () => {
    const before = tf.memory().numTensors;
    const rows = unitRows(randomRows(20, 4));
    for await (const { start } of similarityBlocks(rows, rows, { blockEntries: 3 * 20 })) if (start >= 6) break;
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('chance rate', () => {
  it('is the share of the most frequent class', () => {
    expect(chanceRate([2, 0, 2, 1, 2], [0, 1, 2])).toBe(0.6);
    expect(chanceRate(Int16Array.of(4, 4), [4, 0])).toBe(1);
    expect(chanceRate([], [1])).toBeNaN();
  });
});
