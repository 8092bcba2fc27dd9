import { describe, expect, it } from 'vitest';
import { type AugmentConfig, augmentSchema } from '../../../src/domain/runConfig';
import { blurRadiusFor, drawAugmentParams } from '../../../src/engine/augment/drawAugment';
import { drawCropBox } from '../../../src/engine/augment/randomResizedCrop';
import { AUGMENT_COLUMNS, COLUMN, JITTER, unchangedParams } from '../../../src/engine/kernels/augment/params';
import { seededRandom } from '../../../src/engine/random';

const CONFIG: AugmentConfig = augmentSchema.parse({
  crop: { enabled: true, scaleMin: 0.2, scaleMax: 1, ratioMin: 3 / 4, ratioMax: 4 / 3 },
  flip: { enabled: true, probability: 0.5 },
  jitter: { enabled: true, probability: 0.8, brightness: 0.4, contrast: 0.3, saturation: 1, hue: 0.1 },
  grayscale: { enabled: true, probability: 0.2 },
  blur: { enabled: true, probability: 0.3, sigmaMin: 0.1, sigmaMax: 2, kernel: 'sigma' },
});

const OFF: AugmentConfig = {
  crop: { ...CONFIG.crop, enabled: false },
  flip: { ...CONFIG.flip, enabled: false },
  jitter: { ...CONFIG.jitter, enabled: false },
  grayscale: { ...CONFIG.grayscale, enabled: false },
  blur: { ...CONFIG.blur, enabled: false },
};

const COUNT = 20_000;

function rowsOf(config: AugmentConfig, count = COUNT, seed = 1): number[][] {
  const params = drawAugmentParams(config, count, 32, seededRandom(seed));
  return Array.from({ length: count }, (_, view) =>
    Array.from(params.subarray(view * AUGMENT_COLUMNS, (view + 1) * AUGMENT_COLUMNS)),
  );
}

/** Within four standard errors of a binomial share. */
function expectShare(hits: number, of: number, probability: number): void {
  const error = Math.sqrt((probability * (1 - probability)) / of);
  expect(Math.abs(hits / of - probability)).toBeLessThan(4 * error);
}

describe('drawAugmentParams', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(rowsOf(CONFIG, 64)).toEqual(rowsOf(CONFIG, 64));
    expect(rowsOf(CONFIG, 64, 2)).not.toEqual(rowsOf(CONFIG, 64));
  });

  it('changes nothing when everything is off', () => {
    expect(drawAugmentParams(OFF, 5, 64, seededRandom(1))).toEqual(unchangedParams(5, 64, 64));
  });

  it('does each thing as often as its probability says', () => {
    const rows = rowsOf(CONFIG);
    expectShare(rows.filter((row) => row[COLUMN.flip] === 1).length, COUNT, 0.5);
    expectShare(rows.filter((row) => row[COLUMN.grayscale] === 1).length, COUNT, 0.2);
    expectShare(rows.filter((row) => row[COLUMN.blurRadius] > 0).length, COUNT, 0.3);
    expectShare(rows.filter((row) => row[COLUMN.steps] !== JITTER.none).length, COUNT, 0.8);
  });

  it('happens always at probability 1 and never at 0', () => {
    const certain = {
      ...CONFIG,
      flip: { enabled: true, probability: 1 },
      grayscale: { enabled: true, probability: 0 },
    };
    for (const row of rowsOf(certain, 500)) expect([row[COLUMN.flip], row[COLUMN.grayscale]]).toEqual([1, 0]);
  });

  it('takes the steps of the jitter in every order alike', () => {
    const orders = new Map<string, number>();
    const jittered = rowsOf(CONFIG)
      .map((row) => row.slice(COLUMN.steps, COLUMN.steps + 4))
      .filter(([first]) => first !== JITTER.none);
    for (const steps of jittered) {
      expect([...steps].sort()).toEqual([JITTER.brightness, JITTER.contrast, JITTER.saturation, JITTER.hue]);
      orders.set(steps.join(), (orders.get(steps.join()) ?? 0) + 1);
    }
    expect(orders.size).toBe(24);
    for (const times of orders.values()) expectShare(times, jittered.length, 1 / 24);
  });

  it('draws each factor evenly from its own range', () => {
    const factors = new Map<number, number[]>();
    for (const row of rowsOf(CONFIG)) {
      for (let slot = 0; slot < 4; slot++) {
        const step = row[COLUMN.steps + slot];
        factors.set(step, [...(factors.get(step) ?? []), row[COLUMN.factors + slot]].slice(-2000));
      }
    }
    const ranges = [
      [JITTER.brightness, 0.6, 1.4],
      [JITTER.contrast, 0.7, 1.3],
      [JITTER.saturation, 0, 2],
      [JITTER.hue, -0.1, 0.1],
    ] as const;
    for (const [step, low, high] of ranges) {
      const drawn = factors.get(step) ?? [];
      expect(drawn).toHaveLength(2000);
      expect(Math.min(...drawn)).toBeGreaterThan(low - 1e-6);
      expect(Math.max(...drawn)).toBeLessThan(high + 1e-6);
      for (const share of [0.1, 0.5, 0.9]) {
        const below = drawn.filter((factor) => factor < low + share * (high - low)).length;
        expectShare(below, drawn.length, share);
      }
    }
  });

  it('leaves out steps of strength 0', () => {
    const config = { ...OFF, jitter: { ...CONFIG.jitter, probability: 1, contrast: 0, hue: 0 } };
    for (const row of rowsOf(config, 100)) {
      const steps = row.slice(COLUMN.steps, COLUMN.steps + 4);
      expect([...steps].sort()).toEqual([JITTER.none, JITTER.none, JITTER.brightness, JITTER.saturation]);
    }
  });

  it('blurs with a sigma in range, and a kernel of three sigma a side', () => {
    const radii = new Set<number>();
    for (const row of rowsOf(CONFIG, 500)) {
      const radius = row[COLUMN.blurRadius]!;
      if (radius === 0) continue;
      radii.add(radius);
      expect(radius).toBe(Math.ceil(3 * row[COLUMN.sigma]!));
      expect(row[COLUMN.sigma]).toBeGreaterThanOrEqual(Math.fround(0.1));
      expect(row[COLUMN.sigma]).toBeLessThanOrEqual(2);
    }
    expect([...radii].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('blurs no wider than half the side, which is the side of a small crop', () => {
    expect([64, 32, 12, 4, 2].map((side) => blurRadiusFor('sigma', 4, side))).toEqual([12, 12, 5, 1, 1]);
  });

  it('blurs with a kernel of a tenth of the side in runs of earlier versions, with the same draws', () => {
    const blur = { ...CONFIG.blur, kernel: 'side' } as const;
    const now = rowsOf(CONFIG, 500);
    for (const [i, row] of rowsOf({ ...CONFIG, blur }, 500).entries()) {
      expect(row[COLUMN.blurRadius]).toBe(Math.min(1, now[i]![COLUMN.blurRadius]!));
      expect(row.slice(0, COLUMN.blurRadius)).toEqual(now[i]!.slice(0, COLUMN.blurRadius));
    }
    const widths = [12, 20, 30, 32, 64].map((side) => 2 * blurRadiusFor('side', 2, side) + 1);
    expect(widths).toEqual([3, 3, 3, 3, 7]);
  });
});

describe('drawCropBox', () => {
  // No box of the whole area and this shape fits, so that all ten tries fail.
  const never = { scaleMin: 1, scaleMax: 1 };

  it('falls back to the largest centred box whose shape is in range', () => {
    const wide = { ...never, ratioMin: 2, ratioMax: 4 };
    expect(drawCropBox(20, 30, wide, seededRandom(1))).toEqual({ top: 2, left: 0, height: 15, width: 30 });
    const tall = { ...never, ratioMin: 0.25, ratioMax: 0.5 };
    expect(drawCropBox(20, 30, tall, seededRandom(1))).toEqual({ top: 0, left: 10, height: 20, width: 10 });
  });

  it('falls back to the whole image when its shape is in range', () => {
    const range = { scaleMin: 1.5, scaleMax: 2, ratioMin: 0.5, ratioMax: 2 };
    expect(drawCropBox(20, 30, range, seededRandom(1))).toEqual({ top: 0, left: 0, height: 20, width: 30 });
  });

  it('never draws an empty box', () => {
    const random = seededRandom(1);
    const range = { scaleMin: 0.01, scaleMax: 0.02, ratioMin: 0.1, ratioMax: 10 };
    for (let i = 0; i < 2000; i++) {
      const { top, left, height, width } = drawCropBox(8, 8, range, random);
      expect(Math.min(height, width)).toBeGreaterThanOrEqual(1);
      expect(Math.max(top + height, left + width)).toBeLessThanOrEqual(8);
    }
  });
});
