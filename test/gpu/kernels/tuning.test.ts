import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, it } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import { settleVariants, variantFor } from '../../../src/engine/kernels/conv2d/choice';
import { convGeometry } from '../../../src/engine/kernels/conv2d/geometry';
import { type ConvPass, nameOf, shapeClass, variantsOf } from '../../../src/engine/kernels/conv2d/variants';
import { currentDevice } from '../../../src/engine/kernels/runtime/subgroups';
import { fastest } from '../../../src/engine/kernels/tuning/measure';
import { type ConvUse, tuneConvolutions } from '../../../src/engine/kernels/tuning/tuneConvolutions';
import { memoryTuningCache } from '../../../src/engine/kernels/tuning/tuningCache';
import { passesOf } from '../../../src/engine/methods/registry';
import { tunedConvolutions } from '../../../src/engine/network/tunedConvolutions';
import { describeOnGpu } from './harness';

const GEOMETRY = convGeometry([2, 8, 8, 4], [3, 3, 4, 8], 1, 1);
const OTHER = convGeometry([2, 16, 16, 16], [3, 3, 16, 16], 1, 1);
const uses = (passes: readonly ConvPass[], geometry = GEOMETRY): ConvUse[] => [{ geometry, passes }];

describeOnGpu('choice of convolution variants', () => {
  afterEach(() => settleVariants(currentDevice(), new Map(), new Map()));

  it('uses the cached choices and measures nothing', async () => {
    const cache = memoryTuningCache();
    const device = currentDevice();
    const last = variantsOf('forward', device).at(-1)!;
    // The cache returns the same choice for every key, so that the adapter's name does not matter.
    cache.get = async () => nameOf(last);
    const report = await tuneConvolutions(uses(['forward']), cache, 10_000);
    expect(report.measured).toBe(0);
    expect(variantFor('forward', GEOMETRY)).toBe(last);
    expect(variantFor('forward', OTHER)).toBe(variantsOf('forward', device)[0]);
    expect(variantFor('filterGradient', GEOMETRY)).toBe(variantsOf('filterGradient', device)[0]);
  });

  it('uses variants that round to f16 only if the run allows them', async () => {
    const half = variantsOf('forward', currentDevice(), 'f16').at(-1)!;
    const known = { get: async () => nameOf(half), set: async () => undefined };
    await tuneConvolutions(uses(['forward']), known, 0, 'f16');
    expect(variantFor('forward', GEOMETRY)).toBe(half);
    await tuneConvolutions(uses(['forward']), known, 0);
    expect(variantFor('forward', GEOMETRY).half).toBeUndefined();
  });

  it('shapes that were not tuned use the choice of wide shapes, not of narrow ones', async () => {
    const last = variantsOf('forward', currentDevice()).at(-1)!;
    const known = { get: async () => nameOf(last), set: async () => undefined };
    await tuneConvolutions(uses(['forward'], OTHER), known, 0);
    const unasked = convGeometry([2, 4, 4, 32], [3, 3, 32, 32], 1, 1);
    expect(variantFor('forward', unasked)).toBe(last);
  });

  it('measures once, and chooses the same from the cache', async () => {
    const values = new Map<string, string>();
    const cache = {
      get: async (key: string) => values.get(key) ?? null,
      set: async (key: string, value: string) => void values.set(key, value),
    };
    const before = tf.memory().numTensors;
    const first = await tuneConvolutions(uses(['forward']), cache, 100);
    expect(first.measured).toBe(1);
    expect([...first.chosen.keys()]).toEqual([shapeClass('forward', GEOMETRY)]);
    expect([...values.values()]).toEqual([...first.chosen.values()]);
    settleVariants(currentDevice(), new Map(), new Map());
    const second = await tuneConvolutions(uses(['forward']), cache, 10_000);
    expect(second.measured).toBe(0);
    expect(second.chosen).toEqual(first.chosen);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('measures again if the cache names an unknown variant', async () => {
    const report = await tuneConvolutions(
      uses(['forward']),
      { get: async () => 'abacus 3x3', set: async () => undefined },
      100,
    );
    expect(report.measured).toBe(1);
  });

  it('without time, uses the first variant of each pass, and caches that', async () => {
    const values = new Map<string, string>();
    const cache = { get: async () => null, set: async (key: string, value: string) => void values.set(key, value) };
    const report = await tuneConvolutions(
      [...uses(['forward', 'inputGradient']), ...uses(['filterGradient'], OTHER)],
      cache,
      0,
    );
    expect(report.measured).toBe(0);
    for (const pass of ['forward', 'inputGradient'] as const) {
      expect(variantFor(pass, GEOMETRY)).toBe(variantsOf(pass, currentDevice())[0]);
    }
    expect(values.size).toBe(3);
  });

  it('finds the faster of two, and tries the first even without time', async () => {
    const run = (size: number) => tf.matMul(tf.ones([size, size]), tf.ones([size, size]));
    const candidate = (size: number) => tf.tidy(() => run(size));
    expect(await fastest([512, 8], candidate, Number.POSITIVE_INFINITY)).toBe(8);
    expect(await fastest([8, 512], candidate, Number.POSITIVE_INFINITY)).toBe(8);
    expect(await fastest([512, 8], candidate, 0)).toBe(512);
  });
});

describeOnGpu('convolutions of a network', () => {
  it('are those of the preset tiny', () => {
    const config = presetConfig('tiny');
    const list = tunedConvolutions(passesOf(config));
    const { batchSize, imageSize } = config;
    expect(list[0]!.geometry).toMatchObject({
      batch: 2 * batchSize,
      inHeight: imageSize,
      inChannels: 3,
      kernelHeight: 3,
    });
    expect(list[0]!.passes).toEqual(['forward', 'filterGradient']);
    expect(list.slice(1).every(({ passes }) => passes.length === 3)).toBe(true);
    // Rows of the heads: one pixel an image.
    expect(list.at(-1)!.geometry).toMatchObject({ batch: 2 * batchSize, inHeight: 1, outChannels: config.outputDim });
  });
});
