import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FramesJson } from '../../../scripts/experiment/recordFrames';

function recorded(state: string, d: number): FramesJson {
  return JSON.parse(readFileSync(new URL(`../../fixtures/frames/${state}-${d}.json`, import.meta.url), 'utf8'));
}

/** z of the last frame. */
const lastOf = (state: string, d: number) => recorded(state, d).frames.at(-1)!.z;

/** The share of images within 30 degrees of the mean direction of the points. */
function shareInOneDot(points: readonly number[]): number {
  const images = Array.from({ length: points.length / 3 }, (_, i) => points.slice(3 * i, 3 * i + 3));
  const sum = [0, 1, 2].map((c) => images.reduce((total, point) => total + point[c]!, 0));
  const length = Math.hypot(...sum);
  const near = images.filter(
    (point) => point.reduce((dot, v, c) => dot + (v * sum[c]!) / length, 0) > Math.cos(Math.PI / 6),
  );
  return near.length / images.length;
}

describe.each([3, 64, 256, 2048])('frames of recorded runs, d = %i', (d) => {
  it('begin with the same untrained outputs, with and without stop-gradient', () => {
    expect(recorded('collapsed', d).frames[0]).toEqual(recorded('healthy', d).frames[0]);
    expect(recorded('healthy', d).frames.map(({ step }) => step)).toEqual([0, 100, 300]);
  });

  it('of a collapse show one dot, one singular value and equal outputs, those of a healthy run do not', () => {
    const [collapsed, healthy] = [lastOf('collapsed', d), lastOf('healthy', d)];
    expect(shareInOneDot(collapsed.points)).toBeGreaterThan(0.95);
    expect(shareInOneDot(healthy.points)).toBeLessThan(0.6);
    expect(collapsed.meanCosine).toBeGreaterThan(d === 2048 ? 0.9 : 0.98);
    expect(healthy.meanCosine).toBeLessThan(0.5);
    expect(collapsed.singularValues[0]).toBeGreaterThan(0.95);
    expect(healthy.singularValues[0]).toBeLessThan(0.8);
  });
});

// At d = 3 a dimensional collapse is nearly one dot.
describe.each([64, 256, 2048])('frames of recorded runs, d = %i', (d) => {
  it('of a dimensional collapse fill two directions, and are no dot', () => {
    const dimensional = lastOf('dimensional', d);
    const [first, second, third] = dimensional.singularValues;
    expect(first! ** 2 + second! ** 2).toBeGreaterThan(0.9);
    expect(third).toBeLessThan(0.2);
    expect(dimensional.meanCosine).toBeLessThan(0.5);
    expect(dimensional.effectiveRank).toBeLessThan(lastOf('healthy', d).effectiveRank);
  });
});
