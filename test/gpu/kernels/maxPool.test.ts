import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { trainingConv2d } from '../../../src/engine/kernels/conv2d/conv2d';
import { maxPool, plainMaxPool, plainMaxPoolGradient } from '../../../src/engine/kernels/maxPool';
import { record } from '../../../src/engine/step/capture/record';
import { StagedTensor } from '../../../src/engine/step/stagedTensor';
import { decode, type GoldenTensor, loadGolden } from '../../fixtures/golden';
import { describeOnEngines } from '../../setup/engine';
import { inLongRun } from '../../setup/matrix';
import { expectClose, normalValues, onCpu, seeded, valuesOf } from './harness';

type Name = 'x' | 'y' | 'dy' | 'dx';
interface Golden {
  readonly cases: readonly ({ readonly name: string } & Readonly<Record<Name, GoldenTensor>>)[];
}
const { cases } = loadGolden<Golden>('maxPool');

const gradient = (x: tf.Tensor4D, dy: tf.Tensor4D) => tf.grad((a) => tf.sum(tf.mul(maxPool(a as tf.Tensor4D), dy)))(x);
const tensor = (golden: GoldenTensor) =>
  tf.tensor<tf.Rank.R4>(decode(golden), golden.shape as [number, number, number, number]);

describeOnEngines(['webgpu', 'wasm', 'cpu'], 'max pooling', () => {
  it.each(cases)('value and gradient equal those of PyTorch: $name', async (golden) => {
    const before = tf.memory().numTensors;
    const [y, dx] = tf.tidy(() => [maxPool(tensor(golden.x)), gradient(tensor(golden.x), tensor(golden.dy))]);
    expect(await valuesOf(y!)).toEqual({ shape: golden.y.shape, data: decode(golden.y) });
    expect(await valuesOf(dx!)).toEqual({ shape: golden.dx.shape, data: decode(golden.dx) });
    tf.dispose([y!, dx!]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    [3, 9, 10, 20],
    [2, 6, 5, 33],
    [1, 2, 2, 2],
  ] as const)('value and gradient equal plain tfjs: %i x %i x %i x %i', async (n, h, w, c) => {
    const random = seeded(n + h + w + c);
    const xs = normalValues(n * h * w * c, random);
    const outShape = [n, Math.ceil(h / 2), Math.ceil(w / 2), c] as const;
    const dys = normalValues(
      outShape.reduce((a, b) => a * b),
      random,
    );
    const inputs = () => [tf.tensor4d(xs, [n, h, w, c]), tf.tensor4d(dys, [...outShape])] as const;
    const expected = onCpu(() => {
      const [x, dy] = inputs();
      return [plainMaxPool(x), plainMaxPoolGradient(dy, x)];
    });
    const actual = tf.tidy(() => {
      const [x, dy] = inputs();
      return [maxPool(x), gradient(x, dy)];
    });
    expect(await valuesOf(actual[0]!)).toEqual(expected[0]!);
    // A pixel that several windows hold sums in another order.
    expectClose(await valuesOf(actual[1]!), expected[1]!, { tolerance: 1e-6, label: 'dx' });
    tf.dispose(actual);
  });
});

describeOnEngines(['webgpu', 'wasm'], 'a stem of 7 x 7 and max pooling', () => {
  it('gives the same when it is recorded, in every replay', async () => {
    const random = seeded(9);
    const shape: [number, number, number, number] = [2, 13, 12, 3];
    const weights = normalValues(7 * 7 * 3 * 8, random);
    const probes = normalValues(2 * 4 * 3 * 8, random);
    const compute = (x: tf.Tensor4D, kernel: tf.Tensor4D, probe: tf.Tensor4D) =>
      tf.tidy(() => {
        const stem = (k: tf.Tensor) => maxPool(trainingConv2d(x, k as tf.Tensor4D, 2, 3));
        return { y: stem(kernel), dKernel: tf.grad((k) => tf.sum(tf.mul(stem(k), probe)))(kernel) };
      });
    const constants = () => [tf.tensor4d(weights, [7, 7, 3, 8]), tf.tensor4d(probes, [2, 4, 3, 8])] as const;
    const input = new StagedTensor<tf.Rank.R4>(shape, 'float32');
    const x = input.write(new Float32Array(2 * 13 * 12 * 3));
    const [kernel, probe] = constants();
    const recording = record(() => compute(x, kernel, probe));
    for (let replay = 0; replay < 2; replay++) {
      const values = normalValues(2 * 13 * 12 * 3, random);
      const [y, dKernel] = onCpu(() => Object.values(compute(tf.tensor4d(values, shape), ...constants())));
      input.write(Float32Array.from(values));
      recording.replay();
      expectClose({ shape: y!.shape, data: await recording.read('y') }, y!, { label: 'y' });
      expectClose({ shape: dKernel!.shape, data: await recording.read('dKernel') }, dKernel!, { label: 'dKernel' });
    }
    recording.dispose();
    input.dispose();
    tf.dispose([kernel, probe]);
  });
});

inLongRun(() =>
  describeOnEngines(['webgpu', 'wasm'], 'max pooling of a large image', () => {
    it('has more windows than one dimension of a dispatch has workgroups for', async () => {
      // Rising values: each window's maximum is its last pixel, which no other window holds.
      const side = 4096;
      const x = tf.reshape(tf.range(0, side * side), [1, side, side, 1]) as tf.Tensor4D;
      const dy = tf.ones<tf.Rank.R4>([1, side / 2, side / 2, 1]);
      const y = tf.tidy(() => maxPool(x));
      const dx = tf.tidy(() => gradient(x, dy));
      const isLast = (i: number) => (i & 1) === 1 && ((i / side) & 1) === 1;
      const maxima = await y.data();
      expect(maxima.every((value, i) => value === (2 * Math.floor(i / 2048) + 1) * side + 2 * (i % 2048) + 1)).toBe(
        true,
      );
      expect((await dx.data()).every((value, i) => value === (isLast(i) ? 1 : 0))).toBe(true);
      tf.dispose([x, dy, y, dx]);
    });
  }),
);
