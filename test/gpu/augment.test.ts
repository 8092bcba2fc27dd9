import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import type { AugmentConfig } from '../../src/domain/runConfig';
import { augmentBatch } from '../../src/engine/augment/augmentBatch';
import { drawAugmentParams } from '../../src/engine/augment/drawAugment';
import { toFloatImages } from '../../src/engine/augment/normalise';
import type { Normalisation } from '../../src/engine/kernels/augment/normalisation';
import { AUGMENT_COLUMNS, COLUMN, unchangedParams } from '../../src/engine/kernels/augment/params';
import { picturesOfOneShape } from '../../src/engine/kernels/augment/pictures';
import { plainAugment } from '../../src/engine/kernels/augment/plain';
import { seededRandom } from '../../src/engine/random';
import { maxError } from '../fixtures/golden';
import { describeOnEngines } from '../setup/engine';
import { sampleOf } from '../setup/matrix';
import { onCpu, valuesOf } from './kernels/harness';

const normalisation: Normalisation = { mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] };

/** Every augmentation on, each applied to about half of the views. */
const EVERYTHING: AugmentConfig = {
  crop: { enabled: true, scaleMin: 0.05, scaleMax: 1, ratioMin: 0.5, ratioMax: 2 },
  flip: { enabled: true, probability: 0.5 },
  jitter: { enabled: true, probability: 0.7, brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.5 },
  grayscale: { enabled: true, probability: 0.3 },
  blur: { enabled: true, probability: 0.5, sigmaMin: 0.1, sigmaMax: 3, kernel: 'sigma' },
};

/** Noise with a uniform, a grey, a black and a white stripe. */
function somePixels(count: number, height: number, width: number): Int32Array {
  const random = seededRandom(5, 'pixels');
  const pixels = new Int32Array(count * height * width);
  for (let i = 0; i < pixels.length; i++) {
    const stripe = Math.floor((i % width) / 3);
    let rgb = random.integer(0, 0xffffff);
    if (stripe === 1) rgb = 0xc08040;
    if (stripe === 2) rgb = (rgb & 0xff) * 0x010101;
    if (stripe === 3) rgb = 0;
    if (stripe === 4) rgb = 0xffffff;
    pixels[i] = 0xff000000 | rgb;
  }
  return pixels;
}

type Size = readonly [height: number, width: number];

function bothWays(params: Float32Array, images: number, from: Size, to: Size, blur: boolean, antialias = false) {
  const pixels = somePixels(images, ...from);
  const make = () => ({
    packed: tf.tensor3d(pixels, [images, ...from], 'int32'),
    rows: tf.tensor2d(params, [params.length / AUGMENT_COLUMNS, AUGMENT_COLUMNS]),
  });
  const [expected] = onCpu(() => {
    const { packed, rows } = make();
    return [plainAugment(picturesOfOneShape(packed), rows, to, normalisation, { blur, antialias })];
  });
  const { packed, rows } = make();
  const actual = augmentBatch(packed, rows, { normalisation, blur, antialias, size: to });
  tf.dispose([packed, rows]);
  return { actual, expected };
}

describeOnEngines(['webgpu', 'wasm'], 'augmentation kernels', () => {
  it.each(sampleOf([32, 64]))('equal the plain ops at %i pixels, with every switch on', async (side) => {
    const size: Size = [side, side];
    for (let seed = 0; seed < 4; seed++) {
      const params = drawAugmentParams(EVERYTHING, 8, side, seededRandom(seed));
      const { actual, expected } = bothWays(params, 4, size, size, true);
      const { shape, data } = await valuesOf(actual);
      actual.dispose();
      expect(shape).toEqual([8, side, side, 3]);
      expect(maxError(data, expected.data), `seed ${seed}`).toBeLessThan(2e-5);
    }
  });

  it.each(['crop', 'flip', 'jitter', 'grayscale', 'blur'] as const)(
    'equal the plain ops with only %s',
    async (only) => {
      const config: AugmentConfig = structuredClone(EVERYTHING);
      for (const name of ['crop', 'flip', 'jitter', 'grayscale', 'blur'] as const) config[name].enabled = name === only;
      const params = drawAugmentParams(config, 8, 32, seededRandom(1));
      const { actual, expected } = bothWays(params, 8, [32, 32], [32, 32], only === 'blur');
      const { data } = await valuesOf(actual);
      actual.dispose();
      expect(maxError(data, expected.data)).toBeLessThan(2e-5);
    },
  );

  it('equal the plain ops from one shape to another, neither square', async () => {
    const params = unchangedParams(6, 19, 30);
    for (let view = 0; view < 6; view++) {
      params.set([view, 2 * view, 19 - 2 * view, 30 - 3 * view], view * AUGMENT_COLUMNS);
      params[view * AUGMENT_COLUMNS + COLUMN.flip] = view % 2;
      params[view * AUGMENT_COLUMNS + COLUMN.blurRadius] = view;
    }
    const { actual, expected } = bothWays(params, 2, [19, 30], [22, 13], true);
    const { shape, data } = await valuesOf(actual);
    actual.dispose();
    expect(shape).toEqual([6, 22, 13, 3]);
    expect(maxError(data, expected.data)).toBeLessThan(2e-5);
  });

  it.each([
    [28, 36, 8, 8],
    [36, 28, 30, 7],
    [61, 20, 16, 16],
  ])('average as the plain ops do, from %i x %i to %i x %i', async (height, width, outHeight, outWidth) => {
    const shapes = { heights: [height], widths: [width] };
    const params = drawAugmentParams(EVERYTHING, 8, Math.min(outHeight, outWidth), seededRandom(2), shapes);
    const { actual, expected } = bothWays(params, 4, [height, width], [outHeight, outWidth], true, true);
    const { data } = await valuesOf(actual);
    actual.dispose();
    expect(maxError(data, expected.data)).toBeLessThan(2e-5);
  });

  it('return the pixels unchanged when everything is off', async () => {
    const pixels = somePixels(3, 32, 32);
    const packed = tf.tensor3d(pixels, [3, 32, 32], 'int32');
    const images = toFloatImages(packed, { mean: [0, 0, 0], std: [1, 1, 1] });
    const { data } = await valuesOf(images);
    tf.dispose([packed, images]);
    const bytes = new Uint8Array(pixels.buffer);
    const levels = Float32Array.from(data, (_, i) => bytes[4 * Math.floor(i / 3) + (i % 3)] / 255);
    expect(maxError(data, levels)).toBeLessThan(1e-6);
  });

  it('are the same bit for bit when run again', async () => {
    const packed = tf.tensor3d(somePixels(32, 32, 32), [32, 32, 32], 'int32');
    const rows = tf.tensor2d(drawAugmentParams(EVERYTHING, 64, 32, seededRandom(2)), [64, AUGMENT_COLUMNS]);
    const runs: Float32Array[] = [];
    for (let i = 0; i < 3; i++) {
      const views = augmentBatch(packed, rows, { normalisation, blur: true });
      runs.push((await valuesOf(views)).data);
      views.dispose();
    }
    tf.dispose([packed, rows]);
    expect(new Set(runs[0]).size).toBeGreaterThan(1000);
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  it('leave no tensors but the views', async () => {
    const step = async (seed: number) => {
      const packed = tf.tensor3d(somePixels(8, 32, 32), [8, 32, 32], 'int32');
      const rows = tf.tensor2d(drawAugmentParams(EVERYTHING, 16, 32, seededRandom(seed)), [16, AUGMENT_COLUMNS]);
      const views = augmentBatch(packed, rows, { normalisation, blur: true });
      await views.data();
      const images = toFloatImages(packed, normalisation);
      await images.data();
      tf.dispose([packed, rows, views, images]);
      const memory = tf.memory() as tf.MemoryInfo & { numBytesAllocatedInGPU: number };
      return [memory.numTensors, memory.numDataBuffers, memory.numBytes, memory.numBytesAllocatedInGPU];
    };
    const before = await step(0);
    for (let seed = 1; seed < 8; seed++) expect(await step(seed)).toEqual(before);
  });
});

describeOnEngines(['cpu', 'webgpu', 'wasm'], 'the blur', () => {
  /** Std in pixels, along rows and columns, of what becomes of a single white pixel. */
  async function spread(
    sigma: number,
    kernel: AugmentConfig['blur']['kernel'],
  ): Promise<[rows: number, columns: number]> {
    const side = 32;
    const centre = side / 2;
    const off = structuredClone(EVERYTHING);
    for (const name of ['crop', 'flip', 'jitter', 'grayscale'] as const) off[name].enabled = false;
    const blur = { enabled: true, probability: 1, sigmaMin: sigma, sigmaMax: sigma, kernel };
    // Black with an alpha of 255, and one white pixel.
    const pixels = new Int32Array(side * side).fill(0xff000000);
    pixels[centre * side + centre] = 0xffffffff;
    const packed = tf.tensor3d(pixels, [1, side, side], 'int32');
    const rows = tf.tensor2d(drawAugmentParams({ ...off, blur }, 1, side, seededRandom(1)), [1, AUGMENT_COLUMNS]);
    const views = augmentBatch(packed, rows, { normalisation: { mean: [0, 0, 0], std: [1, 1, 1] }, blur: true });
    const { data } = await valuesOf(views);
    tf.dispose([packed, rows, views]);
    let [mass, alongRows, alongColumns] = [0, 0, 0];
    for (let i = 0; i < side * side; i++) {
      const value = data[3 * i]!;
      mass += value;
      alongRows += value * (Math.floor(i / side) - centre) ** 2;
      alongColumns += value * ((i % side) - centre) ** 2;
    }
    expect(mass).toBeCloseTo(1, 4);
    return [Math.sqrt(alongRows / mass), Math.sqrt(alongColumns / mass)];
  }

  it.each([0.7, 1, 1.5, 2, 3, 4])('blurs by the sigma asked for: %f', async (sigma) => {
    for (const std of await spread(sigma, 'sigma')) expect(Math.abs(std / sigma - 1), `${std}`).toBeLessThan(0.01);
  });

  it('blurs by 0.8 pixels for a sigma of 2 with the three taps of earlier versions', async () => {
    for (const std of await spread(2, 'side')) expect(std).toBeCloseTo(0.8, 2);
  });
});
