import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { augmentBatch } from '../../../src/engine/augment/augmentBatch';
import { AUGMENT_COLUMNS, unchangedParams } from '../../../src/engine/kernels/augment/params';
import { globalAveragePool } from '../../../src/engine/kernels/averagePool';
import { batchNormBackward, batchNormForward } from '../../../src/engine/kernels/batchNorm/batchNorm';
import { withVariant } from '../../../src/engine/kernels/conv2d/choice';
import { trainingConv2d } from '../../../src/engine/kernels/conv2d/conv2d';
import { CONV_PASSES, nameOf, variantsOf } from '../../../src/engine/kernels/conv2d/variants';
import { trainingLinear } from '../../../src/engine/kernels/linear';
import { maxPool } from '../../../src/engine/kernels/maxPool';
import { assignInPlace, movingAverage } from '../../../src/engine/kernels/movingAverage';
import { fusedNegativeCosine } from '../../../src/engine/kernels/negativeCosine';
import { meanStdOfDirections } from '../../../src/engine/kernels/outputStd';
import { bindingLimit, storageBufferLimit } from '../../../src/engine/kernels/runtime/program';
import { currentDevice } from '../../../src/engine/kernels/runtime/subgroups';
import { scatterRows } from '../../../src/engine/kernels/scatterRows';
import { sgdUpdate } from '../../../src/engine/kernels/sgd';
import { startTestEngine } from '../../setup/engine';
import { sampleOf } from '../../setup/matrix';
import { describeOnGpu } from './harness';

/** What every WebGPU device has (WebGPU, table of supported limits). */
const DEFAULTS = {
  maxUniformBufferBindingSize: 64 * 1024,
  maxComputeWorkgroupStorageSize: 16 * 1024,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
  maxStorageBuffersPerShaderStage: 8,
  maxStorageBufferBindingSize: 128 * 1024 * 1024,
  maxBufferSize: 256 * 1024 * 1024,
  maxComputeWorkgroupsPerDimension: 65_535,
} as const;

const BYTES: Readonly<Record<string, number>> = {
  f32: 4,
  i32: 4,
  u32: 4,
  'vec4<f32>': 16,
};

/** Bytes of workgroup memory of the arrays that a shader declares. */
function workgroupBytes(code: string): number {
  const arrays = [...code.matchAll(/var<workgroup>\s+\w+\s*:\s*array<([\w<>]+),\s*(\d+)>/g)];
  expect(arrays, code).toHaveLength(code.split('var<workgroup>').length - 1);
  return arrays.reduce((sum, [, type, count]) => sum + BYTES[type!]! * Number(count), 0);
}

const count = (code: string, pattern: RegExp) => [...code.matchAll(pattern)].length;

describeOnGpu('on a device that has no more than every WebGPU device', () => {
  /** The shaders of ours that the ops below compile. */
  const ours: string[] = [];
  beforeAll(async () => {
    await startTestEngine('webgpu', { limits: 'default' });
    const device = currentDevice();
    const create = device.createShaderModule.bind(device);
    device.createShaderModule = (descriptor) => {
      if (descriptor.code.includes('struct Uniforms {\n  threads : i32')) ours.push(descriptor.code);
      return create(descriptor);
    };
  });
  afterAll(() => {
    expect(ours.length).toBeGreaterThan(40);
    for (const code of ours) {
      expect(workgroupBytes(code), code).toBeLessThanOrEqual(DEFAULTS.maxComputeWorkgroupStorageSize);
      const [, ...size] = code.match(/@workgroup_size\((\d+), (\d+), (\d+)\)/)!.map(Number);
      expect(size[0]! * size[1]! * size[2]!, code).toBeLessThanOrEqual(DEFAULTS.maxComputeInvocationsPerWorkgroup);
      expect(count(code, /var<storage/g), code).toBeLessThanOrEqual(DEFAULTS.maxStorageBuffersPerShaderStage);
      expect(code).not.toMatch(/^enable /m);
    }
  });

  const finite = async (tensors: readonly tf.Tensor[]) => {
    for (const tensor of tensors) expect((await tensor.data()).every(Number.isFinite)).toBe(true);
    tf.dispose([...tensors]);
  };

  it('reports the default limits, and the kernels respect them', () => {
    const { limits, features } = currentDevice();
    for (const [name, value] of Object.entries(DEFAULTS))
      expect(limits[name as keyof typeof DEFAULTS], name).toBe(value);
    for (const feature of ['subgroups', 'shader-f16', 'timestamp-query'] as const)
      expect(features.has(feature)).toBe(false);
    expect(storageBufferLimit()).toBe(8);
    expect(bindingLimit()).toBe(DEFAULTS.maxStorageBufferBindingSize);
  });

  const convolutions = [
    [[3, 9, 10, 20], [3, 3, 20, 24], 1, 1],
    [[3, 9, 10, 5], [3, 3, 5, 7], 2, 1],
    [[37, 1, 1, 64], [1, 1, 64, 20], 1, 0],
    [[2, 12, 11, 3], [7, 7, 3, 64], 2, 3],
  ] as const;
  it.each(sampleOf(convolutions))('every variant of a convolution runs: %j * %j', async (x, kernel, stride, pad) => {
    const device = currentDevice();
    const chosen = CONV_PASSES.map((pass) => variantsOf(pass, device));
    for (let i = 0; i < Math.max(...chosen.map(({ length }) => length)); i++) {
      const variants = Object.fromEntries(CONV_PASSES.map((pass, p) => [pass, chosen[p]![i] ?? chosen[p]![0]!]));
      const results = withVariant(
        (pass) => variants[pass]!,
        () =>
          tf.grads((a, b) => trainingConv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad))([
            tf.ones([...x]),
            tf.ones([...kernel]),
          ]),
      );
      for (const result of results) {
        expect(
          (await result.data()).some((value) => value !== 0),
          nameOf(variants.forward!),
        ).toBe(true);
      }
    }
  });

  it.each([
    [6, 16],
    [4096 * 2, 3],
    [4096 * 2, 64],
  ])('batchNorm of %i x %i with all that may follow it runs', async (rows, channels) => {
    const x = tf.randomNormal<tf.Rank.R2>([rows, channels]);
    const gamma = tf.ones<tf.Rank.R1>([channels]);
    const moving = {
      mean: tf.variable(tf.zeros<tf.Rank.R1>([channels])) as tf.Variable<tf.Rank.R1>,
      variance: tf.variable(tf.ones<tf.Rank.R1>([channels])) as tf.Variable<tf.Rank.R1>,
      decay: 0.9,
    };
    for (const withResidual of [false, true]) {
      for (const moves of [false, true]) {
        const residual = withResidual ? x : null;
        const inputs = { x, gamma, beta: gamma, residual, relu: true, views: 2, epsilon: 1e-5 };
        const forward = batchNormForward({ ...inputs, moving: moves ? moving : null });
        const dy = tf.onesLike(x);
        const { dResidual, ...gradients } = batchNormBackward({
          ...{ dy, x, gamma, forward, relu: true, views: 2 },
          hasResidual: withResidual,
        });
        await finite([
          ...Object.values(gradients),
          ...Object.values(forward),
          ...(dResidual === null ? [] : [dResidual]),
        ]);
      }
    }
    await finite([moving.mean, moving.variance]);
  });

  it('linear layers, pooling, loss and monitor run', async () => {
    const x = tf.randomNormal<tf.Rank.R2>([33, 260]);
    const w = tf.randomNormal<tf.Rank.R2>([260, 65]);
    const loss = (a: tf.Tensor, b: tf.Tensor) => {
      const z = trainingLinear(a as tf.Tensor2D, b as tf.Tensor2D);
      const pooled = tf.add(
        globalAveragePool(maxPool(tf.reshape(z, [33, 5, 1, 13]))),
        globalAveragePool(maxPool(tf.reshape(z, [33, 1, 5, 13]))),
      );
      return tf.add(fusedNegativeCosine(z, tf.mul(z, z)), tf.mean(pooled));
    };
    await finite([...tf.grads(loss)([x, w]), meanStdOfDirections(x)]);
  });

  it('updates of many variables run', async () => {
    const variable = () => tf.variable(tf.ones([7, 5]));
    const weights = Array.from({ length: 19 }, variable);
    const followers = weights.map((online) => ({ target: variable(), online }));
    const scalars = tf.tensor1d([0.5]);
    const items = weights.map((weight) => ({ weight, velocity: variable(), gradient: tf.ones([7, 5]), rate: 0 }));
    sgdUpdate(items, scalars, { momentum: 0.9, weightDecay: 0 });
    movingAverage(followers, scalars, 0);
    // v = 0.9 + 1, w = 1 - 0.5 v; the moving average moves half of the way to w.
    for (const { target } of followers) expect((await target.data())[34]).toBeCloseTo(0.525);
    assignInPlace(followers);
    for (const { target } of followers) expect((await target.data())[34]).toBeCloseTo(0.05);
    const [target] = weights as [tf.Variable<tf.Rank.R2>];
    scatterRows(target, tf.tensor1d([6, 0], 'int32'), tf.zeros([2, 5]));
    expect((await target.data())[34]).toBe(0);
  });

  it('augmentation with blur runs', async () => {
    const params = unchangedParams(4, 16, 16);
    const views = augmentBatch(tf.zeros([2, 16, 16], 'int32'), tf.tensor2d(params, [4, AUGMENT_COLUMNS]), {
      normalisation: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
      blur: true,
    });
    await finite([views]);
  });

  it('refuses a tensor that no kernel can bind, with a message', () => {
    const tensors = tf.memory().numTensors;
    const tooLarge = () => tf.tidy(() => tf.fill([DEFAULTS.maxStorageBufferBindingSize / 4 + 1], 1));
    expect(tooLarge).toThrow('A tensor of 129 MB is needed, and this adapter can use no more than 128 MB at once');
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
