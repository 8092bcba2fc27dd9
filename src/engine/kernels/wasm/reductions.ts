import * as tf from '@tensorflow/tfjs';
import { wasmBackend } from '../runtime/wasm/backend';
import { runKernel } from '../runtime/wasm/run';
import { largestOfRows } from '../wasmgen/largest';
import { middleSum } from '../wasmgen/sums';

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Sum or mean of float32 over neighbouring axes; null for others. */
export function reduceOnWasm(
  kind: 'sum' | 'mean',
  x: tf.TensorInfo,
  { axis, keepDims }: { readonly axis: number | number[]; readonly keepDims: boolean },
): tf.TensorInfo | null {
  const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const [first] = axes;
  if (sizeOf(x.shape) === 0 || axes.length === 0 || axes.some((a, i) => a !== first + i)) return null;
  const [before, reduced, after] = [
    x.shape.slice(0, first),
    x.shape.slice(first, first + axes.length),
    x.shape.slice(first + axes.length),
  ];
  const sums = { outer: sizeOf(before), count: sizeOf(reduced), inner: sizeOf(after) };
  const shape = [...before, ...(keepDims ? axes.map(() => 1) : []), ...after];
  const y = wasmBackend().makeTensorInfo(shape, 'float32');
  runKernel(middleSum(sums, kind === 'sum' ? 1 : 1 / sums.count), { x, y });
  return y;
}

/** The largest number over the last axes, or over all where `axis` is null; null for others. */
export function maxOnWasm(x: tf.TensorInfo, axis: number | number[] | null, keepDims: boolean): tf.TensorInfo | null {
  const rank = x.shape.length;
  const axes = tf.util.parseAxisParam(axis ?? [...x.shape.keys()], x.shape).sort((a, b) => a - b);
  const kept = rank - axes.length;
  if (sizeOf(x.shape) === 0 || axes.some((a, i) => a !== kept + i)) return null;
  const before = x.shape.slice(0, kept);
  const y = wasmBackend().makeTensorInfo([...before, ...(keepDims ? axes.map(() => 1) : [])], 'float32');
  runKernel(largestOfRows(sizeOf(before), sizeOf(x.shape.slice(kept))), { x, y });
  return y;
}
