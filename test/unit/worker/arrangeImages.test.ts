import { describe, expect, it } from 'vitest';
import type { NeighbourGraph } from '../../../src/domain/exploration';
import { seededRandom } from '../../../src/engine/random';
import { AREA, SIDE } from '../../../src/explore/duplicates/pictureCopies';
import { neighbourGraph } from '../../../src/explore/graph/buildGraph';
import type { ExploringCommand, ExploringEvent } from '../../../src/protocol/exploring';
import { arrangeImages } from '../../../src/worker/arrangeImages';
import { plainProducts } from '../../../src/worker/plainProducts';
import { draws } from '../../setup/explored';

const [GROUPS, EACH, D] = [4, 30, 8];

/** Features of groups that lie in directions of their own. */
function features(count = GROUPS * EACH) {
  const draw = draws(3);
  const data = Float32Array.from({ length: count * D }, (_, at) => {
    const [i, j] = [Math.floor(at / D), at % D];
    return (j === Math.floor(i / EACH) ? 3 : 0) + 0.4 * (draw() - 0.5);
  });
  return { data, n: count, d: D };
}

async function arranged(
  count?: number,
  from: Float32Array<ArrayBuffer> | null = null,
  pictures: ExploringCommand['pictures'] = null,
) {
  const rows = features(count);
  const graph = (await neighbourGraph(rows, { productsOf: plainProducts })) as NeighbourGraph;
  const events: ExploringEvent[] = [];
  await arrangeImages({ type: 'arrange', graph, features: rows, from, seed: 1, pictures }, (event) =>
    events.push(event),
  );
  return events;
}

function last<T extends ExploringEvent['type']>(events: readonly ExploringEvent[], type: T) {
  return events.findLast((event): event is Extract<ExploringEvent, { type: T }> => event.type === type)!;
}

describe('the worker for maps', () => {
  it('sends the map while it forms, the clusters, and the end', async () => {
    const events = await arranged();
    expect(events.at(-1)).toEqual({ type: 'done' });
    const { positions, done, total } = last(events, 'positions');
    expect(positions).toHaveLength(2 * GROUPS * EACH);
    expect(done).toBe(total);
    const { labels, medoids, outlierScores } = last(events, 'clusters').clusters;
    expect(medoids).toHaveLength(GROUPS);
    for (let i = 0; i < labels.length; i++) {
      if (labels[i]! >= 0) expect(Math.floor(medoids[labels[i]!]! / EACH)).toBe(Math.floor(i / EACH));
    }
    expect(labels.filter((label) => label < 0).length).toBeLessThan(20);
    expect(outlierScores.every((score) => score >= 0 && score <= 1)).toBe(true);
    // Images of a group lie nearer to each other than to those of others.
    const middle = (group: number, axis: number) =>
      Array.from({ length: EACH }, (_, i) => positions[2 * (group * EACH + i) + axis]!).reduce((a, b) => a + b) / EACH;
    const nearest = (i: number) => {
      const distances = Array.from({ length: GROUPS }, (_, g) =>
        Math.hypot(positions[2 * i]! - middle(g, 0), positions[2 * i + 1]! - middle(g, 1)),
      );
      return distances.indexOf(Math.min(...distances));
    };
    const right = Array.from(labels, (_, i) => nearest(i) === Math.floor(i / EACH)).filter(Boolean).length;
    expect(right).toBeGreaterThan(0.95 * labels.length);
  });

  it('moves on from old positions', async () => {
    const first = last(await arranged(), 'positions').positions;
    const second = last(await arranged(undefined, first), 'positions').positions;
    const moved = Array.from(first, (value, i) => Math.abs(value - second[i]!)).toSorted((a, b) => a - b);
    const width = Math.max(...first) - Math.min(...first);
    expect(moved[Math.floor(moved.length / 2)]).toBeLessThan(width / 4);
  });

  it('arranges a few images without clusters', async () => {
    const events = await arranged(6);
    expect(last(events, 'clusters').clusters.labels.every((label) => label === -1)).toBe(true);
    expect(last(events, 'positions').positions.every(Number.isFinite)).toBe(true);
  });

  it('looks for near duplicates after the map, but not for exact ones', async () => {
    const count = GROUPS * EACH;
    const random = seededRandom(3, 'pictures');
    const colours = Uint8Array.from({ length: 3 * AREA * count }, () => random.integer(20, 200));
    const picture = (i: number) => colours.subarray(3 * AREA * i, 3 * AREA * (i + 1));
    // 7 is 2 made brighter; 9 repeats 4.
    picture(7).set(picture(2).map((level) => level + 30));
    picture(9).set(picture(4));
    const sides = new Uint16Array(count).fill(SIDE);
    const copies = { count, colours, widths: sides, heights: sides };
    const events = await arranged(count, null, { copies, exact: [[4, 9]] });
    const kinds = [...new Set(events.map(({ type }) => type))];
    expect(kinds.slice(-3)).toEqual(['comparing', 'near', 'done']);
    expect(last(events, 'near').pairs).toMatchObject([{ a: 2, b: 7, kind: 'same' }]);
    expect((await arranged(count)).map(({ type }) => type)).not.toContain('near');
  });

  it('says why it failed', async () => {
    const events = await arranged(30, Float32Array.of(1, 2));
    expect(events.at(-1)).toMatchObject({ type: 'failed', message: expect.stringContaining('60 finite numbers') });
  });
});
