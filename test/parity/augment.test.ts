import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { augmentBatch } from '../../src/engine/augment/augmentBatch';
import { toFloatImages } from '../../src/engine/augment/normalise';
import type { Normalisation, Rgb } from '../../src/engine/kernels/augment/normalisation';
import {
  AUGMENT_COLUMNS,
  COLUMN,
  JITTER,
  type JitterStep,
  unchangedParams,
} from '../../src/engine/kernels/augment/params';
import { decode, type GoldenTensor, loadGolden, maxError } from '../fixtures/golden';
import { describeOnEngines } from '../setup/engine';
import { type Box, expectBoxes, type GoldenBoxes, type GoldenCrop, packedImage, type Size } from '../setup/goldenCrops';

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
interface Golden {
  image: GoldenTensor;
  crop_resize: GoldenCrop[];
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
    antialias?: boolean;
    jitter: Op[] | null;
    grayscale: boolean;
    blur: Blur | null;
    hflip: boolean;
    out: GoldenTensor;
  }[];
  rrc_distribution: GoldenBoxes[];
}

const golden = loadGolden<Golden>('augment');
const [height, width] = golden.image.shape;

interface View {
  box?: Box;
  size?: Size;
  antialias?: boolean;
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
  const image = packedImage(golden.image);
  const row = tf.tensor2d(params, [1, AUGMENT_COLUMNS]);
  const { normalisation = UNIT_RANGE, size, antialias } = view;
  const out = augmentBatch(image, row, { normalisation, blur: true, size, antialias });
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
    for (const { size, out, antialias, ...box } of golden.crop_resize) {
      expect(out.shape).toEqual([...size, 3]);
      const error = maxError(await augment({ box, size, antialias }), decode(out));
      expect(error, JSON.stringify(box)).toBeLessThan(TOLERANCE);
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
    const image = packedImage(golden.image);
    const plain = toFloatImages(image, normalisation);
    expect(plain.shape).toEqual([1, height, width, 3]);
    expect(maxError(await plain.data(), decode(golden.normalize.out))).toBeLessThan(TOLERANCE);
    tf.dispose([image, plain]);
  });

  it('does it all in the official order', async () => {
    for (const { box, size, antialias, jitter, grayscale, blur, hflip, out } of golden.pipeline) {
      const ops = jitter ?? [];
      const values = await augment({ box, size, antialias, ops, grayscale, blur, flip: hflip, normalisation });
      const tolerance = ops.some(({ op }) => op === 'hue') ? HUE_TOLERANCE : TOLERANCE;
      expect(maxError(values, decode(out)), JSON.stringify({ box, ops, grayscale, blur, hflip })).toBeLessThan(
        tolerance,
      );
    }
  });
});

describe('random resized crop', () => {
  it.each(golden.rrc_distribution)('is distributed like torchvision, scale $scale, ratio $ratio', expectBoxes);
});
