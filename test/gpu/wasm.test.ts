import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { basicBlock } from '../../src/domain/backbones/residualBlocks';
import { residualNetwork } from '../../src/domain/backbones/residualNetwork';
import { presetConfig } from '../../src/domain/presets';
import { liveSettingsOf, type RunConfig } from '../../src/domain/runConfig';
import { trainingConv2d } from '../../src/engine/kernels/conv2d/conv2d';
import { wasmBackend } from '../../src/engine/kernels/runtime/wasm/backend';
import { createMethod } from '../../src/engine/methods/registry';
import { networkLayers } from '../../src/engine/network/networkLayers';
import { Sgd } from '../../src/engine/optim/sgd';
import { trainStep } from '../../src/engine/step/trainStep';
import { describeOnEngines } from '../setup/engine';
import { LONG, sampleOf } from '../setup/matrix';
import { stepInputs } from '../setup/stepInputs';
import { expectClose, normalValues, onCpu, seeded, valuesOf } from './kernels/harness';

type Shape = [number, number, number, number];

interface Case {
  readonly x: Shape;
  readonly kernel: Shape;
  readonly stride: number;
  readonly pad: number;
}

const label = ({ x, kernel, stride, pad }: Case) => `[${x}] * [${kernel}], stride ${stride}, pad ${pad}`;

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Value and both gradients of a convolution, compared with tfjs's CPU backend, which uses tfjs's own gradients. */
async function compare(c: Case, random: () => number): Promise<void> {
  const outSize = (side: number, taps: number) => Math.floor((side + 2 * c.pad - taps) / c.stride) + 1;
  const yShape: Shape = [c.x[0], outSize(c.x[1], c.kernel[0]), outSize(c.x[2], c.kernel[1]), c.kernel[3]];
  const [xs, kernels, dys] = [c.x, c.kernel, yShape].map((shape) => normalValues(size(shape), random));
  const compute = (conv: (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.Tensor) => {
    const x = tf.tensor4d(xs!, c.x);
    const kernel = tf.tensor4d(kernels!, c.kernel);
    const dy = tf.tensor4d(dys!, yShape);
    const y = conv(x, kernel);
    return [y, ...tf.grads((a, b) => conv(a as tf.Tensor4D, b as tf.Tensor4D))([x, kernel], dy)];
  };
  const expected = onCpu(() => compute((x, kernel) => tf.conv2d(x, kernel, c.stride, c.pad)));
  const before = tf.memory().numTensors;
  const actual = tf.tidy(() => compute((x, kernel) => trainingConv2d(x, kernel, c.stride, c.pad)));
  for (const [i, name] of ['y', 'dx', 'dKernel'].entries()) {
    expectClose(await valuesOf(actual[i]!), expected[i]!, { tolerance: 2e-5, label: `${label(c)}: ${name}` });
  }
  tf.dispose(actual);
  expect(tf.memory().numTensors).toBe(before);
}

describeOnEngines(['wasm'], 'convolutions', () => {
  const channelPairs = [
    [1, 1],
    [3, 16],
    [5, 3],
    [16, 5],
    [16, 16],
    [6, 100],
    [100, 24],
  ] as const;
  it.each(sampleOf(channelPairs, ([cin, cout]) => (cin === 5 && cout === 3) || cin === 100))(
    'equal the CPU backend: %i -> %i channels',
    async (inChannels, outChannels) => {
      const random = seeded(inChannels * 1000 + outChannels);
      for (const [batch, height, width] of [
        [2, 8, 8],
        [1, 7, 5],
        [3, 4, 13],
      ] as const) {
        for (const taps of [1, 3]) {
          for (const stride of [1, 2]) {
            const kernel: Shape = [taps, taps, inChannels, outChannels];
            await compare({ x: [batch, height, width, inChannels], kernel, stride, pad: (taps - 1) / 2 }, random);
          }
        }
      }
    },
  );

  it('equal the CPU backend for kernels, strides and padding that the networks do not use', async () => {
    const random = seeded(9);
    for (const taps of [2, 5]) {
      for (const stride of [1, 2, 3]) {
        for (const pad of [0, 1, 2]) {
          await compare({ x: [2, 9, 8, 4], kernel: [taps, taps, 4, 3], stride, pad }, random);
        }
      }
    }
  });

  it('equal the CPU backend for random shapes', async () => {
    for (let seed = 0; seed < (LONG ? 40 : 10); seed++) {
      const random = seeded(seed);
      const upTo = (n: number) => 1 + Math.floor(random() * n);
      const taps = random() < 0.5 ? 1 : 3;
      const c: Case = {
        x: [upTo(4), upTo(12), upTo(12), upTo(20)],
        kernel: [taps, taps, 0, upTo(20)],
        stride: upTo(2),
        pad: (taps - 1) / 2,
      };
      c.kernel[2] = c.x[3];
      await compare(c, random);
    }
  });

  it('have gradients equal to finite differences', async () => {
    const random = seeded(4);
    for (const stride of [1, 2]) {
      const shapes: [Shape, Shape] = [
        [2, 5, 4, 2],
        [3, 3, 2, 3],
      ];
      const values = shapes.map((shape) => normalValues(size(shape), random));
      const at = (which: number, index: number, shift: number) => {
        const [x, kernel] = values.map((v, i) =>
          tf.tensor4d(
            v.map((value, j) => (i === which && j === index ? value + shift : value)),
            shapes[i]!,
          ),
        );
        return tf.sum(tf.square(trainingConv2d(x!, kernel!, stride, 1))).dataSync()[0]!;
      };
      const gradients = tf.grads((x, kernel) =>
        tf.sum(tf.square(trainingConv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, 1))),
      )(values.map((v, i) => tf.tensor4d(v, shapes[i]!)));
      for (const [which, gradient] of gradients.entries()) {
        const data = gradient.dataSync();
        const step = 0.05;
        // The loss is quadratic in each number: the central difference is exact up to rounding.
        const differences = tf.tidy(() =>
          Array.from(data, (_, i) => (at(which, i, step) - at(which, i, -step)) / (2 * step)),
        );
        const scale = Math.max(...differences.map(Math.abs));
        for (const [i, value] of data.entries()) expect(Math.abs(value - differences[i]!) / scale).toBeLessThan(2e-3);
      }
    }
  });
});

describeOnEngines(['wasm'], 'kernels in the place of the stock ones', () => {
  it.each([
    [[6, 5, 7], [0]],
    [[6, 5, 7], [1]],
    [[2000, 3], [0]],
    [[1031, 3], [0]],
    [
      [6, 5, 7],
      [0, 1],
    ],
    [
      [4, 5, 6, 7],
      [1, 2],
    ],
    [[6, 5, 7], [2]],
    [
      [6, 5, 7],
      [0, 2],
    ],
    [
      [6, 5, 7],
      [0, 1, 2],
    ],
  ])('sum and mean of %j over %j equal the CPU backend', async (shape, axes) => {
    const values = normalValues(size(shape), seeded(1));
    const compute = () => {
      const x = tf.tensor(values, shape);
      return [false, true].flatMap((keep) => [tf.sum(x, axes, keep), tf.mean(x, axes, keep)]);
    };
    const expected = onCpu(compute);
    const actual = tf.tidy(compute);
    for (const [i, tensor] of actual.entries()) expectClose(await valuesOf(tensor), expected[i]!);
    tf.dispose(actual);
  });

  it('sums whole numbers exactly', () => {
    const x = tf.tensor2d([1, 2, 3, 2 ** 24 + 1, 5, 6], [3, 2], 'int32');
    expect([...tf.sum(x, 0).dataSync()]).toEqual([9, 2 ** 24 + 9]);
    x.dispose();
  });

  it.each([
    [[4, 7], [9, 7], false, true],
    [[9, 7], [4, 7], false, true],
    [[7, 4], [7, 9], true, false],
    [[7, 4], [9, 7], true, true],
    [[3, 4, 7], [3, 9, 7], false, true],
    [[3, 9, 7], [3, 4, 7], false, true],
    [[3, 7, 4], [3, 7, 9], true, false],
  ])('product of %j and %j, transposed %s and %s, equals the CPU backend', async (a, b, transposeA, transposeB) => {
    const random = seeded(2);
    const [left, right] = [a, b].map((shape) => normalValues(size(shape), random));
    const compute = () => [tf.matMul(tf.tensor(left!, a), tf.tensor(right!, b), transposeA, transposeB)];
    const [expected] = onCpu(compute);
    const [actual] = tf.tidy(compute);
    expectClose(await valuesOf(actual!), expected!);
    actual!.dispose();
  });
});

describeOnEngines(['wasm'], 'training', () => {
  it('takes no more memory after 200 steps than after 20', () => {
    const config: RunConfig = {
      ...presetConfig('tiny'),
      headBatchNorm: 'output',
      outputDim: 16,
      projectorHidden: 16,
      predictorHidden: 8,
    };
    const layers = residualNetwork({ widths: [8, 16], blocks: [1, 1], strides: [1, 2] }, basicBlock, {
      stem: 'cifar',
      stemStride: 2,
      zeroInitResidual: false,
      convolutionInit: 'uniformFanIn',
    });
    const backbone = { imageSize: 16, featureDim: 16, layers };
    const method = createMethod(config, { count: 16 }, networkLayers(backbone, config));
    const live = liveSettingsOf(config);
    const optimiser = new Sgd({ momentum: 0.9, weightDecay: 1e-4 });
    optimiser.prepare(method.trained(live, 0));
    const views = () => tf.randomNormal<tf.Rank.R4>([16, 16, 16, 3]);
    const inputs = stepInputs(views(), views());
    // tfjs counts tensors; what is lost of the memory shows in its size alone.
    const { memory } = wasmBackend().heap;
    const held = () => ({ tensors: tf.memory().numTensors, bytes: memory.buffer.byteLength });
    const train = (steps: number) => {
      for (let step = 0; step < steps; step++) trainStep(method, optimiser, inputs, live).dispose();
    };
    train(20);
    const before = held();
    train(180);
    expect(held()).toEqual(before);
    optimiser.dispose();
    method.dispose();
  });
});
