import * as tf from '@tensorflow/tfjs';
import { wasmBackend } from '../runtime/wasm/backend';
import { runKernel } from '../runtime/wasm/run';
import { type BinaryOperation, type BinaryShape, binary, type Cover } from '../wasmgen/arithmetic';
import { type Comparison, compare } from '../wasmgen/comparison';
import type { Kernel } from '../wasmgen/kernel';

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** How an operand covers a result, and the rows that this asks for; null where it covers them in another way. */
function coverOf(operand: readonly number[], result: readonly number[]): { cover: Cover; rows: number | null } | null {
  const size = sizeOf(operand);
  if (size === sizeOf(result)) return { cover: 'all', rows: null };
  if (size === 1) return { cover: 'one', rows: null };
  const shape = [...Array<number>(result.length - operand.length).fill(1), ...operand];
  const own = shape.flatMap((length, axis) => (length === result[axis] && length > 1 ? [axis] : []));
  const isRun = own.every((axis, i) => i === 0 || axis === own[i - 1] + 1);
  const [first] = own;
  const last = own[own.length - 1];
  // Axes of length 1 in the result belong to either side.
  if (isRun && sizeOf(result.slice(last + 1)) === 1) return { cover: 'row', rows: sizeOf(result.slice(0, first)) };
  if (isRun && sizeOf(result.slice(0, first)) === 1) {
    return { cover: 'column', rows: sizeOf(result.slice(0, last + 1)) };
  }
  return null;
}

/** A result of two operands, by a kernel for the way in which they cover it; null where no kernel is written for that. */
function covered(
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  dtype: tf.DataType,
  kernelFor: (shape: BinaryShape) => Kernel<'a' | 'b' | 'y'>,
): tf.TensorInfo | null {
  const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const size = sizeOf(shape);
  if (size === 0) return null;
  const left = coverOf(a.shape, shape);
  const right = coverOf(b.shape, shape);
  if (left === null || right === null) return null;
  if (left.rows !== null && right.rows !== null && left.rows !== right.rows) return null;
  const rows = left.rows ?? right.rows ?? 1;
  const y = wasmBackend().makeTensorInfo(shape, dtype);
  runKernel(kernelFor({ rows, columns: size / rows, a: left.cover, b: right.cover }), { a, b, y });
  return y;
}

/** a operation b of float32; null where they are broadcast in a way that no kernel is written for. */
export function binaryOnWasm(operation: BinaryOperation, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo | null {
  return covered(a, b, 'float32', (shape) => binary(operation, shape));
}

/** Truth values of `a comparison b`, of float32; null where `binaryOnWasm` gives null. */
export function compareOnWasm(comparison: Comparison, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo | null {
  return covered(a, b, 'bool', (shape) => compare(comparison, shape));
}
