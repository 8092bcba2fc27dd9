import { describe, expect, it } from 'vitest';
import { nearestNeighbours } from '../../../src/engine/monitors/neighbours';
import { constantRows, featureRows } from './rows';

const ROWS = featureRows([
  [1, 0],
  [0, 1],
  [2, 0.1],
  [-1, 0],
  [1, 1],
]);

describe('nearest neighbours', () => {
  it('come by cosine similarity, without the query itself', () => {
    const [{ query, neighbours }] = nearestNeighbours(ROWS, [0], 3);
    expect(query).toBe(0);
    expect(neighbours.map(({ index }) => index)).toEqual([2, 4, 1]);
    [2 / Math.sqrt(4.01), Math.SQRT1_2, 0].forEach((similarity, i) => {
      expect(neighbours[i].similarity).toBeCloseTo(similarity, 7);
    });
  });

  it('answers each query, in the order asked', () => {
    const results = nearestNeighbours(ROWS, [3, 1, 3], 1);
    expect(results.map(({ query }) => query)).toEqual([3, 1, 3]);
    expect(results.map(({ neighbours }) => neighbours[0].index)).toEqual([1, 4, 1]);
  });

  it('of equal similarity come by index: constant features have similarity 1 to all', () => {
    const [{ neighbours }] = nearestNeighbours(constantRows(6, 3), [2], 4);
    expect(neighbours.map(({ index }) => index)).toEqual([0, 1, 3, 4]);
    for (const { similarity } of neighbours) expect(similarity).toBeCloseTo(1, 12);
  });

  it('are as many as there are', () => {
    expect(nearestNeighbours(ROWS, [0], 100)[0].neighbours).toHaveLength(4);
    expect(nearestNeighbours(featureRows([[1, 2]]), [0], 5)).toEqual([{ query: 0, neighbours: [] }]);
    expect(nearestNeighbours(ROWS, [], 5)).toEqual([]);
  });

  it('have similarity 0 to a zero row', () => {
    const [{ neighbours }] = nearestNeighbours(
      featureRows([
        [0, 0],
        [1, 0],
        [0, 1],
      ]),
      [0],
      2,
    );
    expect(neighbours).toEqual([
      { index: 1, similarity: 0 },
      { index: 2, similarity: 0 },
    ]);
  });

  it('refuse a query that is no row', () => {
    expect(() => nearestNeighbours(ROWS, [5], 1)).toThrow('Query 5 is not among the 5 rows');
    expect(() => nearestNeighbours(ROWS, [-1], 1)).toThrow('Query -1');
  });
});
