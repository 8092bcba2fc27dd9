import * as tf from '@tensorflow/tfjs';
import { wasmBackend } from '../runtime/wasm/backend';
import { runKernel } from '../runtime/wasm/run';
import { copyRows } from '../wasmgen/copyRows';
import { gatherRows } from '../wasmgen/gatherRows';
import { FLOAT } from '../wasmgen/lanes';
import { transpose } from '../wasmgen/transpose';

/** Tensors as parts of others. All but bool and text take four bytes a number. */

const isCopied = ({ dtype }: tf.TensorInfo): boolean => dtype === 'float32' || dtype === 'int32';
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const axisOf = (axis: number, { shape }: tf.TensorInfo): number => (axis < 0 ? axis + shape.length : axis);

/** The same numbers under another shape. */
export function shared(x: tf.TensorInfo, shape: readonly number[], dtype: tf.DataType): tf.TensorInfo {
  wasmBackend().incRef(x.dataId);
  return { dataId: x.dataId, shape: [...shape], dtype };
}

/** Copies rows of `bytes` between tensors, starting so many bytes into each. */
function copyPart(
  source: tf.TensorInfo,
  target: tf.TensorInfo,
  starts: { readonly source: number; readonly target: number },
  rows: number,
  bytes: number,
  pitches: { readonly source: number; readonly target: number },
): void {
  if (rows === 0 || bytes === 0) return;
  const backend = wasmBackend();
  runKernel(copyRows({ rows, bytes, sourcePitch: pitches.source, targetPitch: pitches.target }), {
    source: backend.offsetOf(source) + starts.source,
    target: backend.offsetOf(target) + starts.target,
  });
}

export function concatOnWasm(list: readonly tf.TensorInfo[], axis: number): tf.TensorInfo | null {
  const [first] = list;
  if (!list.every((part) => isCopied(part) && part.dtype === first.dtype)) return null;
  const along = axisOf(axis, first);
  const shape = [...first.shape];
  shape[along] = list.reduce((sum, part) => sum + part.shape[along], 0);
  const whole = wasmBackend().makeTensorInfo(shape, first.dtype);
  const rows = sizeOf(shape.slice(0, along));
  const pitch = sizeOf(shape.slice(along)) * FLOAT;
  let start = 0;
  for (const part of list) {
    const bytes = sizeOf(part.shape.slice(along)) * FLOAT;
    copyPart(part, whole, { source: 0, target: start }, rows, bytes, { source: bytes, target: pitch });
    start += bytes;
  }
  return whole;
}

/** Tensors of one shape along a new axis. */
export function packOnWasm(list: readonly tf.TensorInfo[], axis: number): tf.TensorInfo | null {
  const along = axis < 0 ? axis + list[0].shape.length + 1 : axis;
  const parts = list.map((part) => ({ ...part, shape: part.shape.toSpliced(along, 0, 1) }));
  return concatOnWasm(parts, along);
}

/** Rows of x by whole numbers; null along another axis. */
export function gatherOnWasm(
  x: tf.TensorInfo,
  indices: tf.TensorInfo,
  { axis, batchDims }: { readonly axis: number; readonly batchDims: number },
): tf.TensorInfo | null {
  if (axis !== 0 || batchDims !== 0 || !isCopied(x) || indices.dtype !== 'int32') return null;
  const [sourceRows, ...row] = x.shape;
  const [count, width] = [sizeOf(indices.shape), sizeOf(row)];
  if (count === 0 || width === 0) return null;
  const rows = wasmBackend().makeTensorInfo([...indices.shape, ...row], x.dtype);
  runKernel(gatherRows({ count, width, sourceRows }), { source: x, indices, rows });
  return rows;
}

export function splitOnWasm(
  x: tf.TensorInfo,
  { numOrSizeSplits, axis }: { readonly numOrSizeSplits: number | number[]; readonly axis: number },
): tf.TensorInfo[] | null {
  if (!isCopied(x)) return null;
  const along = axisOf(axis, x);
  const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, along);
  const rows = sizeOf(x.shape.slice(0, along));
  const pitch = sizeOf(x.shape.slice(along)) * FLOAT;
  let start = 0;
  return sizes.map((size) => {
    const shape = [...x.shape];
    shape[along] = size;
    const part = wasmBackend().makeTensorInfo(shape, x.dtype);
    const bytes = sizeOf(shape.slice(along)) * FLOAT;
    copyPart(x, part, { source: start, target: 0 }, rows, bytes, { source: pitch, target: bytes });
    start += bytes;
    return part;
  });
}

/** A part that is whole along all axes but one; null for any other. */
export function sliceOnWasm(
  x: tf.TensorInfo,
  { begin, size }: { readonly begin: number | number[]; readonly size: number | number[] },
): tf.TensorInfo | null {
  if (!isCopied(x)) return null;
  const [starts, sizes] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size);
  tf.slice_util.assertParamsValid(x as tf.Tensor, starts, sizes);
  const cut = sizes.flatMap((length, axis) => (length === x.shape[axis] ? [] : [axis]));
  if (cut.length > 1) return null;
  const part = wasmBackend().makeTensorInfo(sizes, x.dtype);
  const along = cut[0] ?? 0;
  const inner = sizeOf(x.shape.slice(along + 1)) * FLOAT;
  const bytes = (sizes[along] ?? 1) * inner;
  const pitch = (x.shape[along] ?? 1) * inner;
  const from = { source: (starts[along] ?? 0) * inner, target: 0 };
  copyPart(x, part, from, sizeOf(x.shape.slice(0, along)), bytes, { source: pitch, target: bytes });
  return part;
}

/** Two neighbouring runs of axes change places; null for any other order. */
export function transposeOnWasm(
  x: tf.TensorInfo,
  { perm }: { readonly perm: readonly number[] },
): tf.TensorInfo | null {
  if (!isCopied(x) || sizeOf(x.shape) === 0) return null;
  const first = perm.findIndex((axis, place) => axis !== place);
  if (first < 0) return shared(x, x.shape, x.dtype);
  const middle = perm[first];
  const end = first + perm.slice(first).indexOf(first) + (middle - first);
  const expected = [...perm.keys()].map((place) => {
    if (place < first || place >= end) return place;
    return place < first + end - middle ? place + middle - first : place - (end - middle);
  });
  if (perm.join() !== expected.join()) return null;
  const y = wasmBackend().makeTensorInfo(
    perm.map((axis) => x.shape[axis]),
    x.dtype,
  );
  const [outer, rows, columns, inner] = [
    [0, first],
    [first, middle],
    [middle, end],
    [end, x.shape.length],
  ].map(([from, to]) => sizeOf(x.shape.slice(from, to)));
  runKernel(transpose({ outer, rows, columns, inner }), { x, y });
  return y;
}
