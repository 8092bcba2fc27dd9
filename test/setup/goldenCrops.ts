import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { presetConfig } from '../../src/domain/presets';
import { drawAugmentParams } from '../../src/engine/augment/drawAugment';
import { AUGMENT_COLUMNS } from '../../src/engine/kernels/augment/params';
import { seededRandom } from '../../src/engine/random';
import { decode, type GoldenTensor } from '../fixtures/golden';

export interface Box {
  top: number;
  left: number;
  height: number;
  width: number;
}
export type Size = [height: number, width: number];

/** A crop of an image and its pixels after resizing, without antialiasing where nothing is said. */
export type GoldenCrop = Box & { size: Size; antialias?: boolean; out: GoldenTensor };

interface Spread {
  mean: number;
  std: number;
  se_of_mean: number;
  quantiles: number[];
}
const SPREADS = [
  'area_fraction',
  'log_aspect_w_over_h',
  'height',
  'width',
  'top_over_free_room',
  'left_over_free_room',
] as const;

/** Statistics of the boxes that torchvision draws on an image; a spread is null where no box has the quantity. */
export type GoldenBoxes = Record<(typeof SPREADS)[number], Spread | null> & {
  image: Size;
  scale: [number, number];
  ratio: [number, number];
  samples: number;
  quantile_levels: number[];
  fraction_h_equals_full: number;
  fraction_w_equals_full: number;
  /** The box after ten tries without one that fits, and its share, where the file has them. */
  fallback_box?: [top: number, left: number, height: number, width: number];
  fraction_fallback_box?: number;
};

/** The RGBA bytes of an image of a golden file, whose levels are whole, so that the pixels of a data set hold them exactly. */
export function bytesOf(image: GoldenTensor): Uint8Array<ArrayBuffer> {
  const [height, width] = image.shape;
  const levels = decode(image);
  const rgba = new Uint8Array(height * width * 4).fill(255);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) {
      const level = levels[3 * i + c] * 255;
      expect(Math.abs(level - Math.round(level))).toBeLessThan(1e-4);
      rgba[4 * i + c] = Math.round(level);
    }
  }
  return rgba;
}

/** The same as packed pixels [1, H, W]. */
export function packedImage(image: GoldenTensor): tf.Tensor3D {
  const [height, width] = image.shape;
  return tf.tensor3d(new Int32Array(bytesOf(image).buffer), [1, height, width], 'int32');
}

/** Expects the engine's boxes on pictures of the golden shape to be distributed like torchvision's. */
export function expectBoxes(expected: GoldenBoxes): void {
  const { augment } = presetConfig('paper');
  const config = {
    ...augment,
    crop: {
      enabled: true,
      scaleMin: expected.scale[0],
      scaleMax: expected.scale[1],
      ratioMin: expected.ratio[0],
      ratioMax: expected.ratio[1],
    },
  };
  const [height, width] = expected.image;
  const count = expected.samples;
  const params = drawAugmentParams(config, count, 32, seededRandom(1), { heights: [height], widths: [width] });
  const drawn: Record<(typeof SPREADS)[number], number[]> = {
    area_fraction: [],
    log_aspect_w_over_h: [],
    height: [],
    width: [],
    top_over_free_room: [],
    left_over_free_room: [],
  };
  const { fallback_box, fraction_fallback_box = 0 } = expected;
  let fallbacks = 0;
  for (let row = 0; row < params.length; row += AUGMENT_COLUMNS) {
    const box = params.subarray(row, row + 4);
    const [top, left, h, w] = box;
    expect(Number.isInteger(top) && Number.isInteger(left) && top >= 0 && left >= 0).toBe(true);
    expect(top + h <= height && left + w <= width && h > 0 && w > 0).toBe(true);
    drawn.area_fraction.push((h * w) / (height * width));
    drawn.log_aspect_w_over_h.push(Math.log(w / h));
    drawn.height.push(h);
    drawn.width.push(w);
    if (h < height) drawn.top_over_free_room.push(top / (height - h));
    if (w < width) drawn.left_over_free_room.push(left / (width - w));
    if (fallback_box?.every((side, i) => side === box[i])) fallbacks += 1;
  }
  for (const name of SPREADS) expectSpread(name, drawn[name], expected[name], expected.quantile_levels);
  const full = (values: readonly number[], length: number) => values.filter((x) => x === length).length;
  for (const [name, found, share] of [
    ['full height', full(drawn.height, height), expected.fraction_h_equals_full],
    ['full width', full(drawn.width, width), expected.fraction_w_equals_full],
    ['fallback', fallbacks, fraction_fallback_box],
  ] as const) {
    expect(Math.abs(found / count - share), name).toBeLessThanOrEqual(4 * Math.sqrt((2 * share * (1 - share)) / count));
  }
}

function expectSpread(name: string, values: number[], expected: Spread | null, levels: readonly number[]): void {
  if (expected === null) {
    expect(values, name).toEqual([]);
    return;
  }
  values.sort((a, b) => a - b);
  const count = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / count;
  const std = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (count - 1));
  const standardError = Math.hypot(expected.se_of_mean, std / Math.sqrt(count));
  // Rounding of equal values.
  const tiny = 1e-6;
  expect(Math.abs(mean - expected.mean), `mean of ${name}`).toBeLessThan(4 * standardError + tiny);
  // The standard error of a standard deviation, from the fourth moment, for both samples.
  const fourth = values.reduce((sum, x) => sum + (x - mean) ** 4, 0) / count;
  const errorOfStd = std === 0 ? 0 : Math.sqrt((2 * Math.max(0, fourth - std ** 4)) / count) / (2 * std);
  expect(Math.abs(std - expected.std), `std of ${name}`).toBeLessThan(4 * errorOfStd + tiny);
  levels.forEach((level, i) => {
    // The share of values below the expected quantile brackets its level, ties counted on both sides.
    const quantile = expected.quantiles[i];
    const below = values.filter((x) => x < quantile - tiny).length / count;
    const upTo = values.filter((x) => x <= quantile + tiny).length / count;
    const slack = 4 * Math.sqrt((2 * level * (1 - level)) / count);
    expect(below, `${name} below its ${level} quantile`).toBeLessThan(level + slack);
    expect(upTo, `${name} up to its ${level} quantile`).toBeGreaterThan(level - slack);
  });
}
