import { describe, expect, it } from 'vitest';
import { LossTrend } from '../../../src/engine/monitors/lossTrend';

/** Batch noise as measured at batch 32: about 0.03 of SimSiam's range. */
const noise = (step: number) => 0.03 * Math.sin(step * 12.9898) + 0.02 * Math.sin(step * 4.1414);

function trendOf(
  loss: (step: number) => number,
  steps: number,
  range: readonly [number, number] | null = [-1, 0],
): { trend: LossTrend; stood: number | null; swung: number | null } {
  const trend = new LossTrend(range);
  let stood: number | null = null;
  let swung: number | null = null;
  for (let step = 1; step <= steps; step++) {
    trend.add(step, loss(step) + noise(step));
    if (trend.stands() !== null) stood ??= step;
    if (trend.oscillates() !== null) swung ??= step;
  }
  return { trend, stood, swung };
}

/** Falls from `from` to `to` with a time constant of `tau` steps. */
const decay = (from: number, to: number, tau: number) => (step: number) => to + (from - to) * Math.exp(-step / tau);

describe('LossTrend', () => {
  it.each([
    ['a healthy run', decay(0, -0.82, 60)],
    ['a healthy run that is slow, but gets on', (step: number) => -0.0009 * step],
    ['a run without stop-gradient', decay(0, -1, 20)],
    ['a healthy run whose images are hard (loss -0.55 after 300 steps)', decay(0, -0.55, 80)],
  ])('says nothing of %s', (_, loss) => {
    const { stood, swung } = trendOf(loss, 1000);
    expect(stood).toBeNull();
    expect(swung).toBeNull();
  });

  it('a loss that stays at -0.21 does not converge (fixed predictor)', () => {
    const { stood, trend } = trendOf(decay(0, -0.21, 40), 600);
    expect(stood).toBeGreaterThanOrEqual(300);
    expect(stood).toBeLessThan(400);
    expect(trend.stands()?.loss).toBeCloseTo(-0.21, 1);
    expect(trend.oscillates()).toBeNull();
  });

  it('a loss that swings by a third of its range oscillates', () => {
    const { swung, trend } = trendOf((step) => -0.5 + 0.17 * Math.sin(step / 9), 300);
    expect(swung).toBeGreaterThan(100);
    const found = trend.oscillates();
    expect(found?.high).toBeGreaterThan(-0.4);
    expect(found?.low).toBeLessThan(-0.6);
  });

  it('a single jump, as after a change in flight, is not an oscillation', () => {
    expect(trendOf((step) => (step < 150 ? -0.8 : -0.4), 300).swung).toBeNull();
    expect(trendOf((step) => (step < 150 || step > 200 ? -0.8 : -0.4), 300).swung).toBeNull();
  });

  it('judges a loss without a known minimum by its first steps', () => {
    const chance = Math.log(127);
    expect(trendOf(() => chance, 400, null).stood).not.toBeNull();
    expect(trendOf(decay(chance, 0.7 * chance, 150), 1000, null).stood).toBeNull();
  });

  it('begins anew after a change in flight', () => {
    const { trend } = trendOf(() => -0.2, 400);
    expect(trend.stands()).not.toBeNull();
    trend.restart();
    expect(trend.stands()).toBeNull();
  });
});
