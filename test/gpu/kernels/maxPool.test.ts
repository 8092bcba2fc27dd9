import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { maxPool, plainMaxPool, plainMaxPoolGradient } from '../../../src/engine/kernels/maxPool';
import { decode, type GoldenTensor, loadGolden } from '../../fixtures/golden';
import { describeOnEngines } from '../../setup/engine';
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
