import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { stopGradient } from '../../src/engine/network/nn/stopGradient';
import { valueAndGradients } from '../../src/engine/step/backprop';
import { describeOnEngines } from '../setup/engine';

/** A function of two variables a [2, 3] and b [3]. */
type Loss = (a: tf.Tensor2D, b: tf.Tensor1D) => tf.Scalar;

const LOSSES: Record<string, Loss> = {
  'a variable used in several places': (a, b) => tf.sum(tf.mul(tf.add(a, b), tf.sub(a, tf.mul(b, a)))),
  'one gradient passed on to both inputs': (a) => tf.sum(tf.square(tf.add(a, a))),
  'an input given twice': (a, b) => tf.sum(tf.mul(tf.mul(b, b), tf.mean(a, 0))),
  'a branch that stops': (a, b) => tf.sum(tf.mul(stopGradient(tf.square(a)), tf.add(a, b))),
  'outputs that are not all used': (a, b) => {
    const [, second, third] = tf.split(tf.mul(a, b), 3, 1);
    return tf.sum(tf.mul(second, tf.exp(third)));
  },
  'a loss that is a variable’s own sum': (_, b) => tf.sum(b),
};

describeOnEngines(['cpu', 'webgpu', 'wasm'], 'backward pass', () => {
  it.each(Object.entries(LOSSES))('equals tf.variableGrads: %s', async (_, loss) => {
    const before = tf.memory().numTensors;
    const a = tf.tidy(() => tf.variable(tf.tensor2d([0.5, -1, 2, 1.5, 0.25, -0.75], [2, 3])));
    const b = tf.tidy(() => tf.variable(tf.tensor1d([1.25, -0.5, 0.75])));
    const f = () => loss(a as tf.Tensor2D, b as tf.Tensor1D);
    const expected = tf.tidy(() => tf.variableGrads(f));
    let actual: (tf.Tensor | null)[] = [];
    tf.tidy(() => {
      const { value, gradients } = valueAndGradients(f, [a, b]);
      actual = [value, gradients.get(a.id) ?? null, gradients.get(b.id) ?? null].map((t) => t && tf.keep(t));
    });
    const reference = [expected.value, expected.grads[a.name] ?? null, expected.grads[b.name] ?? null];
    for (const [i, tensor] of actual.entries()) {
      expect(tensor === null).toBe(reference[i] === null);
      if (tensor !== null) expect(await tensor.array()).toEqual(await reference[i]!.array());
    }
    tf.dispose([a, b, expected.value, Object.values(expected.grads)]);
    for (const tensor of actual) tensor?.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('frees an activation as soon as it is no longer needed', () => {
    const layers = Array.from({ length: 8 }, () => tf.tidy(() => tf.variable(tf.ones([100, 100]))));
    const peakOf = (run: (f: () => tf.Scalar) => void) => {
      let peak = 0;
      const f = () => {
        const out = layers.reduce<tf.Tensor>((x, w) => {
          const op = tf.customGrad((x, save) => {
            const y = tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D);
            (save as tf.GradSaveFunc)([y]);
            return {
              value: y,
              gradFunc: (dy) => {
                peak = Math.max(peak, tf.memory().numTensors);
                return tf.matMul(dy as tf.Tensor2D, w as tf.Tensor2D, false, true);
              },
            };
          });
          return op(tf.add(x, w));
        }, layers[0]!);
        return tf.sum(out) as tf.Scalar;
      };
      tf.tidy(() => run(f));
      return peak;
    };
    const stock = peakOf((f) => void tf.variableGrads(f, layers));
    const ours = peakOf((f) => void valueAndGradients(f, layers));
    expect(ours).toBeLessThan(stock - 10);
    tf.dispose(layers);
  });
});
