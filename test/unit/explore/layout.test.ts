import { expect, test } from 'vitest';
import { neighbourGraph } from '../../../src/explore/graph/buildGraph';
import { fuzzyUnion } from '../../../src/explore/layout/fuzzyUnion';
import { Layout } from '../../../src/explore/layout/layout';
import { clusteredRows } from './clusteredRows';
import { plainProducts } from './plainProducts';

const CLUSTERS = 4;
const rows = clusteredRows(240, 12, CLUSTERS, 0.3);
const graph = await neighbourGraph(rows, { productsOf: plainProducts });

function finished(layout: Layout): Float32Array {
  while (layout.advance(50));
  return layout.positions;
}

/** Share of points whose nearest point on the map is of their cluster. */
function together(positions: Float32Array): number {
  let right = 0;
  for (let i = 0; i < rows.n; i++) {
    let nearest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < rows.n; j++) {
      const distance = Math.hypot(positions[2 * i]! - positions[2 * j]!, positions[2 * i + 1]! - positions[2 * j + 1]!);
      if (j !== i && distance < least) [nearest, least] = [j, distance];
    }
    if (nearest % CLUSTERS === i % CLUSTERS) right++;
  }
  return right / rows.n;
}

test('what is near in the features is near on the map, which the start is not', () => {
  const layout = new Layout({ graph });
  expect(together(layout.positions)).toBeLessThan(0.5);
  expect(together(finished(layout))).toBeGreaterThan(0.95);
  expect([layout.isFinished, layout.epoch]).toEqual([true, layout.epochs]);
});

test('the same seed gives the same map, another one another', () => {
  const map = (seed: number) => Array.from(finished(new Layout({ graph, seed })));
  expect(map(1)).toEqual(map(1));
  expect(map(2)).not.toEqual(map(1));
});

test('from the positions of a finished map, points move less than from chance', () => {
  const first = finished(new Layout({ graph })).slice();
  const moved = (to: Float32Array) => first.reduce((sum, value, i) => sum + Math.abs(value - to[i]!), 0) / first.length;
  const again = new Layout({ graph, from: first, seed: 5 });
  expect(Array.from(again.positions)).toEqual(Array.from(first));
  expect(moved(finished(again))).toBeLessThan(0.5 * moved(finished(new Layout({ graph, seed: 5 }))));
  expect(together(again.positions)).toBeGreaterThan(0.95);
});

test('a slice of time ends after at least one epoch, and leaves finite positions', () => {
  const layout = new Layout({ graph });
  expect(layout.advance(0)).toBe(true);
  expect(layout.epoch).toBe(1);
  expect(layout.positions.every(Number.isFinite)).toBe(true);
});

test('two images have a map; positions that do not fit are refused', async () => {
  const two = await neighbourGraph({ data: Float32Array.of(1, 0, 0, 1), n: 2, d: 2 }, { productsOf: plainProducts });
  const layout = new Layout({ graph: two });
  expect(layout.advance(10)).toBe(false);
  expect(new Set(layout.positions).size).toBeGreaterThan(1);
  expect(() => new Layout({ graph, from: new Float32Array(3) })).toThrow(RangeError);
  expect(() => new Layout({ graph, from: new Float32Array(2 * rows.n).fill(Number.NaN) })).toThrow(RangeError);
});

test('the fuzzy union has each edge in both directions, with a + b - a b', () => {
  // 0 and 1 are neighbours of each other, 2 has the neighbour 0.
  const graph = fuzzyUnion([0, 1, 1, 0, 2, 0], [0, 0.5, 0, 0.4, 0, 0.3], 3, 2);
  const sorted = [...graph.getAll()].sort((a, b) => a.row - b.row || a.col - b.col);
  expect(sorted.map(({ row, col }) => [row, col])).toEqual([
    [0, 1],
    [0, 2],
    [1, 0],
    [2, 0],
  ]);
  expect(sorted.map(({ value }) => Number(value.toFixed(6)))).toEqual([0.7, 0.3, 0.7, 0.3]);
  expect(Array.from(graph.map((value) => 2 * value).getValues())).toHaveLength(4);
});
