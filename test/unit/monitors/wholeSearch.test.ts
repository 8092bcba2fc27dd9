import { describe, expect, it } from 'vitest';
import type { FeatureRows } from '../../../src/domain/features';
import { NearestRows } from '../../../src/engine/monitors/neighbours';
import { WholeSearch } from '../../../src/engine/monitors/wholeSearch';
import { seededRandom } from '../../../src/engine/random';

const COUNT = 83;
const DIMENSIONS = 5;

/** Rows of a few whole numbers, so that many similarities are equal; one row is zero. */
function coarseRows(stream: string): FeatureRows {
  const random = seededRandom(3, 'test', stream);
  const data = Float32Array.from({ length: COUNT * DIMENSIONS }, () => random.integer(-1, 1));
  data.fill(0, 20 * DIMENSIONS, 21 * DIMENSIONS);
  return { data, n: COUNT, d: DIMENSIONS };
}

/** Every similarity, sorted: largest first, of equal ones the lowest index. */
function plainSearch({ data, n, d }: FeatureRows, query: number, count: number) {
  const row = (index: number) => {
    const values = [...data.subarray(index * d, (index + 1) * d)];
    const norm = Math.max(1e-8, Math.hypot(...values));
    return values.map((value) => value / norm);
  };
  const similarity = (index: number) => row(index).reduce((sum, value, c) => sum + value * row(query)[c]!, 0);
  return Array.from({ length: n }, (_, index) => ({ index, similarity: similarity(index) }))
    .filter(({ index }) => index !== query)
    .sort((a, b) => {
      const difference = b.similarity - a.similarity;
      return Math.abs(difference) > 1e-9 ? difference : a.index - b.index;
    })
    .slice(0, count);
}

const FEATURES = coarseRows('features');
const Z = coarseRows('z');

function searchOf(mostKeptBytes?: number) {
  const embedded: number[] = [];
  const rows = ({ data, d }: FeatureRows, indices: Uint32Array): FeatureRows => ({
    data: Float32Array.from([...indices].flatMap((i) => [...data.subarray(i * d, (i + 1) * d)])),
    n: indices.length,
    d,
  });
  const search = new WholeSearch({
    count: COUNT,
    chunk: 8,
    mostKeptBytes,
    embed: async (indices) => {
      embedded.push(...indices);
      return { features: rows(FEATURES, indices), z: rows(Z, indices), p: null };
    },
  });
  return { search, embedded };
}

const noPause = async () => undefined;

describe('a search of all images', () => {
  it.each([undefined, 0])('finds what a plain search finds, ties included (memory for features: %s)', async (most) => {
    const { search } = searchOf(most);
    const queries = [82, 0, 20, 41, 7];
    const found = await search.search(queries, 6, 1, noPause);
    for (const [space, rows] of [
      ['backbone', FEATURES],
      ['z', Z],
    ] as const) {
      expect(found[space].map(({ query }) => query)).toEqual(queries);
      for (const { query, neighbours } of found[space]) {
        const expected = plainSearch(rows, query, 6);
        expect(
          neighbours.map(({ index }) => index),
          `query ${query}`,
        ).toEqual(expected.map(({ index }) => index));
        neighbours.forEach(({ similarity }, i) => {
          expect(similarity).toBeCloseTo(expected[i]!.similarity, 6);
        });
      }
    }
  });

  it('embeds every image once for all queries of a step', async () => {
    const { search, embedded } = searchOf();
    await search.search([50, 3], 6, 1, noPause);
    expect(search.isKept(1)).toBe(true);
    await search.search([9], 6, 1, noPause);
    expect(embedded.sort((a, b) => a - b)).toEqual(Array.from({ length: COUNT }, (_, i) => i));
    await search.search([9], 6, 2, noPause);
    expect(embedded).toHaveLength(2 * COUNT);
    expect([search.isKept(1), search.isKept(2)]).toEqual([false, true]);
    search.forget();
    expect(search.isKept(2)).toBe(false);
  });

  it('keeps no features that take more memory than allowed', async () => {
    const { search } = searchOf(4 * COUNT * 2 * DIMENSIONS - 1);
    await search.search([9], 6, 1, noPause);
    expect(search.isKept(1)).toBe(false);
  });

  it('stops between two blocks, and the next one embeds only what is left', async () => {
    const { search, embedded } = searchOf();
    let blocks = 0;
    const stop = async () => {
      blocks += 1;
      if (blocks > 4) throw new Error('stopped');
    };
    await expect(search.search([50], 6, 1, stop)).rejects.toThrow('stopped');
    // The query's block, and three from the start.
    expect(embedded).toHaveLength(4 * 8);
    await search.search([50], 6, 1, noPause);
    expect(embedded).toHaveLength(COUNT);
    expect(new Set(embedded).size).toBe(COUNT);
  });
});

it('a row that is not finite is no neighbour', () => {
  const nearest = new NearestRows({ data: Float32Array.of(1, 0), n: 1, d: 2 }, [9], 2);
  nearest.add({ data: Float32Array.of(Number.NaN, 0, 0, 1, 1, 1, 1, 0), n: 4, d: 2 }, 0);
  expect(nearest.found()[0]?.neighbours.map(({ index }) => index)).toEqual([3, 2]);
});
