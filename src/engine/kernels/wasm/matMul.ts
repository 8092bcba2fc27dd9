import type * as tf from '@tensorflow/tfjs';
import { wasmBackend } from '../runtime/wasm/backend';
import { FLOAT } from '../wasmgen/lanes';
import { product, transposedProduct } from './products';

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The product of two matrices, or of as many pairs of them; null where both are transposed, or one serves several. */
export function matMulOnWasm(
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  { transposeA, transposeB }: { readonly transposeA: boolean; readonly transposeB: boolean },
): tf.TensorInfo | null {
  const batch = a.shape.slice(0, -2);
  if (batch.join() !== b.shape.slice(0, -2).join() || (transposeA && transposeB)) return null;
  if (sizeOf(a.shape) === 0 || sizeOf(b.shape) === 0) return null;
  const [height, width] = a.shape.slice(-2);
  const [rows, inputs] = transposeA ? [width, height] : [height, width];
  const outputs = b.shape[b.shape.length - (transposeB ? 2 : 1)];
  const backend = wasmBackend();
  const y = backend.makeTensorInfo([...batch, rows, outputs], 'float32');
  const [aAt, bAt, yAt] = [a, b, y].map((info) => backend.offsetOf(info));
  for (let i = 0; i < sizeOf(batch); i++) {
    const left = aAt + i * rows * inputs * FLOAT;
    const right = bAt + i * inputs * outputs * FLOAT;
    const result = yAt + i * rows * outputs * FLOAT;
    if (transposeA) transposedProduct({ rows: inputs, inputs: rows, outputs }, left, right, result);
    else product({ rows, inputs, outputs }, transposeB, left, right, result);
  }
  return y;
}
