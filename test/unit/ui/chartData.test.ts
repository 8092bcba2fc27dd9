import { describe, expect, it } from 'vitest';
import type { Marker } from '../../../src/domain/measurement';
import { axisEnd, placeMarkers, roundTicks, rowsOf, spreadLabels, valueDomain } from '../../../src/ui/charts/chartData';

describe('rowsOf', () => {
  it('puts lines measured at different steps into one table', () => {
    const rows = rowsOf([
      [
        { step: 1, value: 0.1 },
        { step: 3, value: 0.3 },
      ],
      [
        { step: 2, value: 2 },
        { step: 3, value: 3 },
      ],
    ]);
    expect(rows).toEqual([
      { step: 1, v0: 0.1 },
      { step: 2, v1: 2 },
      { step: 3, v0: 0.3, v1: 3 },
    ]);
  });
});

describe('axes', () => {
  it('ends the step axis at or a little past the last step', () => {
    for (const step of [1, 9, 10, 11, 99, 100, 447, 1234, 99_999, 1_000_000]) {
      const end = axisEnd(step);
      expect(end).toBeGreaterThanOrEqual(step);
      expect(end).toBeLessThanOrEqual(Math.max(10, step * 1.25));
    }
  });

  it('ticks on round numbers within the range', () => {
    expect(roundTicks(0, 460, 5)).toEqual([0, 200, 400]);
    expect(roundTicks(-1, 0, 5)).toEqual([-1, -0.75, -0.5, -0.25, 0]);
    expect(roundTicks(0.5, 0.5, 5)).toEqual([0.5]);
  });

  it('covers at least its smallest range, and all data', () => {
    expect(valueDomain([-1, 0], [-0.5, -0.2])).toEqual([-1, 0]);
    const [low, high] = valueDomain([-1, 0], [-0.5, 3.2]);
    expect(low).toBe(-1);
    expect(high).toBeGreaterThanOrEqual(3.2);
    expect(high).toBeLessThan(4.5);
  });
});

describe('placeMarkers', () => {
  const change = (step: number): Marker => ({ kind: 'change', step, key: 'stopGradient', value: step % 2 === 0 });

  it('places labels where there is room, in separate rows where they are close', () => {
    const placed = placeMarkers([change(10), change(400), change(411)], 1000, 400);
    expect(placed.map((marker) => marker.words)).toEqual([
      '◂ stop-gradient on',
      '◂ stop-gradient on',
      '◂ stop-gradient off',
    ]);
    expect(placed[2]?.line).toBe(0);
    expect(placed[1]?.line).toBe(1);
    expect(placed.map((marker) => marker.leftwards)).toEqual([false, false, false]);
    expect(placeMarkers([change(900)], 1000, 400)[0]).toMatchObject({ leftwards: true, words: 'stop-gradient on ▸' });
  });

  it('lets no label cover another, however narrow the chart', () => {
    const placed = placeMarkers(
      [change(62), { kind: 'diagnosis', step: 114, state: 'collapsed' }, change(245)],
      280,
      145,
    );
    expect(new Set(placed.map((marker) => marker.line)).size).toBe(3);
  });

  it('keeps the labels of the latest markers where there are too many, and every line', () => {
    const placed = placeMarkers(
      Array.from({ length: 20 }, (_, i) => change(500 + i)),
      1000,
      400,
    );
    expect(placed).toHaveLength(20);
    expect(placed.filter((marker) => marker.words !== null).length).toBeLessThanOrEqual(6);
    expect(placed.at(-1)?.words).not.toBeNull();
  });
});

describe('spreadLabels', () => {
  it('moves labels up that would cover those below', () => {
    const spread = spreadLabels(
      [
        { name: 'b', value: 0.04 },
        { name: 'a', value: 0.02 },
        { name: 'c', value: 0.9 },
      ],
      [0, 1],
      100,
      12,
    );
    expect(spread.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(spread.map(({ shift }) => Math.round(shift))).toEqual([0, 10, 0]);
  });
});
