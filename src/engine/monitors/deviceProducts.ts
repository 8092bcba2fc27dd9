import * as tf from '@tensorflow/tfjs';
import type { FeatureRows } from '../../domain/features';
import { bindingLimit } from '../kernels/runtime/program';
import { readOnce } from '../kernels/runtime/readOnce';
import { sumOf } from '../kernels/sumOf';

/**
 * Products of a large matrix X [n, d], which stays on the device, with small ones: X W and X^T G. X is divided into groups of rows where it
 * is larger than a tensor may be. `dispose` frees it.
 */
export function deviceProducts({ data, n, d }: FeatureRows, largest = bindingLimit()) {
  const most = Math.max(1, Math.min(n, Math.floor(largest / (4 * d))));
  const groups = Array.from({ length: Math.ceil(n / most) }, (_, i) => {
    const [start, end] = [i * most, Math.min(n, (i + 1) * most)];
    return { start, end, x: tf.tensor2d(data.subarray(start * d, end * d), [end - start, d]) };
  });
  return {
    /** X W [n, columns], for W [d, columns], row-major. */
    async times(w: Float32Array, columns: number): Promise<Float32Array> {
      const out = new Float32Array(n * columns);
      for (const { start, x } of groups) {
        const product = tf.tidy(() => tf.matMul(x, tf.tensor2d(w, [d, columns])));
        out.set(await readOnce(product), start * columns);
      }
      return out;
    },
    /** X^T G [d, columns], for G [n, columns], row-major. */
    async transposedTimes(g: Float32Array, columns: number): Promise<Float32Array> {
      const product = tf.tidy(() =>
        sumOf(
          groups.map(({ start, end, x }) => {
            const part = tf.tensor2d(g.subarray(start * columns, end * columns), [end - start, columns]);
            return tf.matMul<tf.Tensor2D>(x, part, true, false);
          }),
        ),
      );
      return Float32Array.from(await readOnce(product));
    },
    dispose(): void {
      for (const { x } of groups) x.dispose();
    },
  };
}
