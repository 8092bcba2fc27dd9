import { expect, test } from 'vitest';
import { neighbourGraph } from '../../../src/explore/graph/buildGraph';
import { clusteredRows } from './clusteredRows';
import { plainProducts } from './plainProducts';

const options = { productsOf: plainProducts };

test('the exact graph has the nearest of each row, the nearest first, and never the row itself', async () => {
  const rows = clusteredRows(300, 8);
  const { indices, similarities, k, isExact } = await neighbourGraph(rows, { ...options, k: 7 });
  expect([k, isExact]).toEqual([7, true]);
  for (let i = 0; i < rows.n; i++) {
    const cosines = Array.from({ length: rows.n }, (_, j) => cosine(rows.data, rows.d, i, j));
    const order = cosines.map((_, j) => j).filter((j) => j !== i);
    order.sort((a, b) => cosines[b]! - cosines[a]!);
    expect(Array.from(indices.subarray(i * k, (i + 1) * k))).toEqual(order.slice(0, k));
    expect(similarities[i * k]).toBeCloseTo(cosines[order[0]!]!, 5);
  }
});

test('the approximate graph finds at least 95 % of the neighbours', async () => {
  const rows = clusteredRows(3000, 32);
  const exact = await neighbourGraph(rows, { ...options, k: 15 });
  const found = await neighbourGraph(rows, { ...options, k: 15, exactUpTo: 0 });
  expect(found.isExact).toBe(false);
  let hits = 0;
  for (let i = 0; i < rows.n; i++) {
    const own = new Set(exact.indices.subarray(i * 15, (i + 1) * 15));
    for (const j of found.indices.subarray(i * 15, (i + 1) * 15)) if (own.has(j)) hits++;
  }
  expect(hits / (rows.n * 15)).toBeGreaterThan(0.95);
});

test('few rows, equal rows and rows of zeros have whole lists', async () => {
  const data = new Float32Array(3 * 200).fill(1);
  data.fill(0, 0, 30);
  for (const exactUpTo of [0, 200]) {
    const { indices, similarities } = await neighbourGraph({ data, n: 200, d: 3 }, { ...options, k: 5, exactUpTo });
    for (let i = 0; i < 200; i++) {
      const own = Array.from(indices.subarray(i * 5, (i + 1) * 5));
      expect(new Set(own).size).toBe(5);
      expect(own.every((j) => j >= 0 && j < 200 && j !== i)).toBe(true);
    }
    expect(similarities.every((value) => value === 0 || Math.abs(value - 1) < 1e-6)).toBe(true);
  }
  const pair = await neighbourGraph({ data: Float32Array.of(1, 0, 0, 1), n: 2, d: 2 }, options);
  expect(pair).toMatchObject({ k: 1, indices: Int32Array.of(1, 0) });
});

test('features that are not finite are refused, and work stops when progress throws', async () => {
  const broken = { data: Float32Array.of(1, Number.NaN, 0, 1), n: 2, d: 2 };
  await expect(neighbourGraph(broken, options)).rejects.toThrow(RangeError);
  const onProgress = () => {
    throw new Error('stopped');
  };
  for (const exactUpTo of [0, 1000]) {
    const work = neighbourGraph(clusteredRows(500, 8), { ...options, exactUpTo, onProgress });
    await expect(work).rejects.toThrow('stopped');
  }
});

function cosine(data: Float32Array, d: number, i: number, j: number): number {
  const at = (row: number) => data.subarray(row * d, (row + 1) * d);
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, c) => sum + value * b[c]!, 0);
  return dot(at(i), at(j)) / Math.sqrt(dot(at(i), at(i)) * dot(at(j), at(j)));
}
