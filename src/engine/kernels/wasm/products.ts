import type * as tf from '@tensorflow/tfjs';
import { wasmBackend } from '../runtime/wasm/backend';
import { newTensor, type Place, runKernel, UNUSED, withTemporary } from '../runtime/wasm/run';
import { type LinearShape, linearForward, linearWeightGradient } from '../wasmgen/linear';
import { type PackedMatrices, packedBytes, packPanels } from '../wasmgen/panels';

/** Products of matrices by generated kernels. */

/** y [rows, outputs] = x [rows, inputs] times the matrix w [inputs, outputs], or [outputs, inputs] if transposed. */
export function product(shape: LinearShape, transposed: boolean, x: Place, w: Place, y: Place): void {
  const { inputs, outputs } = shape;
  const [rows, columns] = transposed ? [outputs, inputs] : [inputs, outputs];
  const packing: PackedMatrices = { rows, columns, taps: [0], transposed };
  withTemporary(packedBytes(packing), (panels) => {
    runKernel(packPanels([packing]), { weights: w, panels });
    runKernel(linearForward(shape, { bias: false }, wasmBackend().variant), { x, panels, bias: UNUSED, y });
  });
}

/** y [inputs, outputs] = the transpose of a [rows, inputs] times b [rows, outputs]. */
export function transposedProduct(shape: LinearShape, a: Place, b: Place, y: Place): void {
  runKernel(linearWeightGradient(shape, wasmBackend().variant), { x: a, dy: b, dw: y });
}

export function linearOnWasm(x: tf.Tensor2D, w: tf.Tensor2D): tf.Tensor2D {
  const [rows, inputs] = x.shape;
  const [, outputs] = w.shape;
  const y = newTensor<tf.Tensor2D>([rows, outputs]);
  product({ rows, inputs, outputs }, false, x, w, y);
  return y;
}

export function linearInputGradientOnWasm(dy: tf.Tensor2D, w: tf.Tensor2D): tf.Tensor2D {
  const [rows, outputs] = dy.shape;
  const [inputs] = w.shape;
  const dx = newTensor<tf.Tensor2D>([rows, inputs]);
  product({ rows, inputs: outputs, outputs: inputs }, true, dy, w, dx);
  return dx;
}

export function linearWeightGradientOnWasm(x: tf.Tensor2D, dy: tf.Tensor2D): tf.Tensor2D {
  const [rows, inputs] = x.shape;
  const [, outputs] = dy.shape;
  const dw = newTensor<tf.Tensor2D>([inputs, outputs]);
  transposedProduct({ rows, inputs, outputs }, x, dy, dw);
  return dw;
}
