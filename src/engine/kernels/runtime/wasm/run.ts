import * as tf from '@tensorflow/tfjs';
import type { Kernel } from '../../wasmgen/kernel';
import { wasmBackend } from './backend';

/** For a buffer that a kernel does not touch. */
export const UNUSED = 0;

/** A tensor, or a byte offset. */
export type Place = tf.TensorInfo | number;

/** Runs a generated kernel on tensors, or has it recorded. Those it writes to are overwritten where they lie. */
export function runKernel<Buffer extends string>(
  kernel: Kernel<Buffer>,
  places: Readonly<Record<Buffer, Place>>,
): void {
  runInOrder(
    kernel,
    kernel.buffers.map((name) => places[name]),
  );
}

/** The same, with the places in the order of the kernel's buffers. */
export function runInOrder(kernel: Kernel, places: readonly Place[]): void {
  const backend = wasmBackend();
  backend.run(
    kernel,
    places.map((place) => (typeof place === 'number' ? place : backend.offsetOf(place))),
  );
}

/** A new float32 tensor that a kernel has yet to fill, tracked by tfjs like any op's result. */
export function newTensor<T extends tf.Tensor>(shape: readonly number[]): T {
  const backend = wasmBackend();
  return tf.engine().makeTensorFromTensorInfo(backend.makeTensorInfo(shape, 'float32'), backend) as T;
}

/** Lends memory to `use`, for what kernels hand on to one another. */
export function withTemporary<T>(bytes: number, use: (offset: number) => T): T {
  const { pool } = wasmBackend();
  const offset = pool.take(bytes);
  try {
    return use(offset);
  } finally {
    pool.give(offset, bytes);
  }
}

/** Lends numbers of the host to `use`; in a recording they stay where they are for its replays. */
export function withConstant<T>(values: Int32Array | Float32Array, use: (place: tf.TensorInfo) => T): T {
  const backend = wasmBackend();
  const dtype = values instanceof Int32Array ? 'int32' : 'float32';
  const info = backend.makeTensorInfo([values.length], dtype, values);
  try {
    return use(info);
  } finally {
    backend.disposeData(info.dataId);
  }
}
