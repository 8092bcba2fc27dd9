import type * as tf from '@tensorflow/tfjs';
import { wasmBackend } from '../runtime/wasm/backend';
import { newTensor, runKernel, withTemporary } from '../runtime/wasm/run';
import { FLOAT } from '../wasmgen/lanes';
import { cosineOfRows, negativeCosineGradient } from '../wasmgen/negativeCosine';
import { inverseNorms, stdOfChannels } from '../wasmgen/outputStd';
import { scaledMean } from '../wasmgen/scaledMean';

/** What is computed of the directions of rows, by generated kernels. */

export function negativeCosineOnWasm(p: tf.Tensor2D, z: tf.Tensor2D): tf.Scalar {
  const [rows, length] = p.shape;
  const mean = newTensor<tf.Scalar>([]);
  withTemporary(rows * FLOAT, (cosines) => {
    runKernel(cosineOfRows(rows, length, wasmBackend().variant), { p, z, cosines });
    runKernel(scaledMean(rows, -1), { values: cosines, mean });
  });
  return mean;
}

/** In the first of the two; the cosine is symmetric. */
export function negativeCosineGradientOnWasm(dy: tf.Scalar, p: tf.Tensor2D, z: tf.Tensor2D): tf.Tensor2D {
  const [rows, length] = p.shape;
  const dp = newTensor<tf.Tensor2D>(p.shape);
  runKernel(negativeCosineGradient(rows, length, wasmBackend().variant), { p, z, dy, dp });
  return dp;
}

export function meanStdOnWasm(z: tf.Tensor2D): tf.Scalar {
  const [rows, length] = z.shape;
  const { variant } = wasmBackend();
  const mean = newTensor<tf.Scalar>([]);
  withTemporary(rows * FLOAT, (inverse) =>
    withTemporary(length * FLOAT, (spread) => {
      runKernel(inverseNorms(rows, length, variant), { z, inverse });
      runKernel(stdOfChannels(rows, length, variant), { z, inverse, spread });
      runKernel(scaledMean(length, 1), { values: spread, mean });
    }),
  );
  return mean;
}
