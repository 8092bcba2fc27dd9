import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { presetConfig } from '../../src/domain/presets';
import { augmentBatch } from '../../src/engine/augment/augmentBatch';
import { drawAugmentParams } from '../../src/engine/augment/drawAugment';
import { toFloatImages } from '../../src/engine/augment/normalise';
import type { Normalisation, Rgb } from '../../src/engine/kernels/augment/normalisation';
import {
  AUGMENT_COLUMNS,
  COLUMN,
  JITTER,
  type JitterStep,
  unchangedParams,
} from '../../src/engine/kernels/augment/params';
import { seededRandom } from '../../src/engine/random';
import { decode, type GoldenTensor, loadGolden, maxError } from '../fixtures/golden';
import { describeOnEngines } from '../setup/engine';

interface Box {
  top: number;
  left: number;
  height: number;
  width: number;
}
type Size = [height: number, width: number];
interface Op {
  op: JitterStep;
  factor: number;
}
interface Factored {
  factor: number;
  out: GoldenTensor;
}
interface Blur {
  kernel_size: number;
  sigma: number;
}
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

interface Golden {
  image: GoldenTensor;
  crop_resize: (Box & { size: Size; out: GoldenTensor })[];
  hflip: GoldenTensor;
  grayscale: GoldenTensor;
  brightness: Factored[];
  contrast: Factored[];
  saturation: Factored[];
  hue: Factored[];
  contrast_mean_gray: number;
  color_jitter: { ops: Op[]; out: GoldenTensor }[];
  gaussian_blur: (Blur & { out: GoldenTensor })[];
  normalize: { mean: Rgb; std: Rgb; out: GoldenTensor };
  pipeline: {
    box: Box;
    size: Size;
    jitter: Op[] | null;
    grayscale: boolean;
    blur: Blur | null;
    hflip: boolean;
    out: GoldenTensor;
  }[];
  rrc_distribution: (Record<(typeof SPREADS)[number], Spread> & {
    image: Size;
    scale: [number, number];
    ratio: [number, number];
    samples: number;
    quantile_levels: number[];
    fraction_h_equals_full: number;
    fraction_w_equals_full: number;
  })[];
}

const golden = loadGolden<Golden>('augment');
const [height, width] = golden.image.shape;
const levels = decode(golden.image);

/** The golden image consists of 8-bit levels, so that the pixels of a data set hold it exactly. */
function packedImage(): tf.Tensor3D {
  const rgba = new Uint8Array(height * width * 4).fill(255);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) {
      const level = levels[3 * i + c] * 255;
      expect(Math.abs(level - Math.round(level))).toBeLessThan(1e-4);
      rgba[4 * i + c] = Math.round(level);
    }
  }
  return tf.tensor3d(new Int32Array(rgba.buffer), [1, height, width], 'int32');
}

interface View {
  box?: Box;
  size?: Size;
  ops?: Op[];
  grayscale?: boolean;
  blur?: Blur | null;
  flip?: boolean;
  normalisation?: Normalisation;
}

/** One view of the golden image, through the engine's own function. */
async function augment(view: View): Promise<Float32Array> {
  const params = unchangedParams(1, height, width);
  const { box, ops = [], blur } = view;
  if (box !== undefined) {
    params[COLUMN.top] = box.top;
    params[COLUMN.left] = box.left;
    params[COLUMN.height] = box.height;
    params[COLUMN.width] = box.width;
  }
  ops.forEach(({ op, factor }, slot) => {
    params[COLUMN.steps + slot] = JITTER[op];
    params[COLUMN.factors + slot] = factor;
  });
  if (view.grayscale) params[COLUMN.grayscale] = 1;
  if (view.flip) params[COLUMN.flip] = 1;
  if (blur) {
    params[COLUMN.sigma] = blur.sigma;
    params[COLUMN.blurRadius] = (blur.kernel_size - 1) / 2;
  }
  const image = packedImage();
  const row = tf.tensor2d(params, [1, AUGMENT_COLUMNS]);
  const { normalisation = UNIT_RANGE, size } = view;
  const out = augmentBatch(image, row, { normalisation, blur: true, size });
  const values = (await out.data()) as Float32Array;
  tf.dispose([image, row, out]);
  return values;
}

const TOLERANCE = 1e-5;
const HUE_TOLERANCE = 1e-4;

/** Leaves the values in [0, 1]. */
const UNIT_RANGE: Normalisation = { mean: [0, 0, 0], std: [1, 1, 1] };
const normalisation = golden.normalize satisfies Normalisation;

describeOnEngines(['cpu', 'webgpu', 'wasm'], 'augmentations', () => {
  it('crops and resizes', async () => {
    for (const { size, out, ...box } of golden.crop_resize) {
      expect(out.shape).toEqual([...size, 3]);
      expect(maxError(await augment({ box, size }), decode(out)), JSON.stringify(box)).toBeLessThan(TOLERANCE);
    }
  });

  it('flips', async () => {
    expect(maxError(await augment({ flip: true }), decode(golden.hflip))).toBeLessThan(TOLERANCE);
  });

  it('turns grey', async () => {
    expect(maxError(await augment({ grayscale: true }), decode(golden.grayscale))).toBeLessThan(TOLERANCE);
  });

  it.each(['brightness', 'contrast', 'saturation', 'hue'] as const)('changes %s', async (op) => {
    for (const { factor, out } of golden[op]) {
      const error = maxError(await augment({ ops: [{ op, factor }] }), decode(out));
      expect(error, `factor ${factor}`).toBeLessThan(op === 'hue' ? HUE_TOLERANCE : TOLERANCE);
    }
  });

  it('takes the mean grey of the whole image as the anchor of contrast', async () => {
    const flat = await augment({ ops: [{ op: 'contrast', factor: 0 }] });
    expect(maxError(flat, new Float32Array(flat.length).fill(golden.contrast_mean_gray))).toBeLessThan(TOLERANCE);
  });

  it('jitters colours in the order given', async () => {
    for (const { ops, out } of golden.color_jitter) {
      expect(maxError(await augment({ ops }), decode(out)), JSON.stringify(ops)).toBeLessThan(HUE_TOLERANCE);
    }
  });

  it('blurs', async () => {
    for (const { out, ...blur } of golden.gaussian_blur) {
      expect(maxError(await augment({ blur }), decode(out)), JSON.stringify(blur)).toBeLessThan(TOLERANCE);
    }
  });

  it('normalises', async () => {
    expect(maxError(await augment({ normalisation }), decode(golden.normalize.out))).toBeLessThan(TOLERANCE);
    const image = packedImage();
    const plain = toFloatImages(image, normalisation);
    expect(plain.shape).toEqual([1, height, width, 3]);
    expect(maxError(await plain.data(), decode(golden.normalize.out))).toBeLessThan(TOLERANCE);
    tf.dispose([image, plain]);
  });

  it('does it all in the official order', async () => {
    for (const { box, size, jitter, grayscale, blur, hflip, out } of golden.pipeline) {
      const ops = jitter ?? [];
      const values = await augment({ box, size, ops, grayscale, blur, flip: hflip, normalisation });
      const tolerance = ops.some(({ op }) => op === 'hue') ? HUE_TOLERANCE : TOLERANCE;
      expect(maxError(values, decode(out)), JSON.stringify({ box, ops, grayscale, blur, hflip })).toBeLessThan(
        tolerance,
      );
    }
  });
});

describe('random resized crop', () => {
  it.each(golden.rrc_distribution)('is distributed like torchvision, scale $scale, ratio $ratio', (expected) => {
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
    const [side, other] = expected.image;
    expect(other).toBe(side);
    const count = expected.samples;
    const params = drawAugmentParams(config, count, side, seededRandom(1));
    const drawn: Record<(typeof SPREADS)[number], number[]> = {
      area_fraction: [],
      log_aspect_w_over_h: [],
      height: [],
      width: [],
      top_over_free_room: [],
      left_over_free_room: [],
    };
    for (let row = 0; row < params.length; row += AUGMENT_COLUMNS) {
      const [top, left, h, w] = params.subarray(row, row + 4);
      expect(Number.isInteger(top) && Number.isInteger(left) && top >= 0 && left >= 0).toBe(true);
      expect(top + h <= side && left + w <= side && h > 0 && w > 0).toBe(true);
      drawn.area_fraction.push((h * w) / side ** 2);
      drawn.log_aspect_w_over_h.push(Math.log(w / h));
      drawn.height.push(h);
      drawn.width.push(w);
      if (h < side) drawn.top_over_free_room.push(top / (side - h));
      if (w < side) drawn.left_over_free_room.push(left / (side - w));
    }

    for (const name of SPREADS) {
      const values = drawn[name].sort((a, b) => a - b);
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      const std = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
      const standardError = Math.hypot(expected[name].se_of_mean, std / Math.sqrt(values.length));
      expect(Math.abs(mean - expected[name].mean), `mean of ${name}`).toBeLessThan(4 * standardError);
      // The standard error of a standard deviation is at most std / sqrt(2 n) here: no distribution has heavier tails than a Gaussian.
      const errorOfStd = (4 * (Math.SQRT2 * std)) / Math.sqrt(2 * values.length);
      expect(Math.abs(std - expected[name].std), `std of ${name}`).toBeLessThan(errorOfStd);
      expected.quantile_levels.forEach((level, i) => {
        // The share of values below the expected quantile brackets its level, ties counted on both sides.
        const quantile = expected[name].quantiles[i];
        const below = values.filter((x) => x < quantile - 1e-6).length / values.length;
        const upTo = values.filter((x) => x <= quantile + 1e-6).length / values.length;
        const slack = 4 * Math.sqrt((2 * level * (1 - level)) / values.length);
        expect(below, `${name} below its ${level} quantile`).toBeLessThan(level + slack);
        expect(upTo, `${name} up to its ${level} quantile`).toBeGreaterThan(level - slack);
      });
    }
    for (const [values, share] of [
      [drawn.height, expected.fraction_h_equals_full],
      [drawn.width, expected.fraction_w_equals_full],
    ] as const) {
      const full = values.filter((x) => x === side).length / count;
      expect(Math.abs(full - share)).toBeLessThan(4 * Math.sqrt((2 * share * (1 - share)) / count));
    }
  });
});
