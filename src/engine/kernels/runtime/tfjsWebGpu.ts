import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** Allocates GPU buffers. The pool of tfjs keeps released buffers for reuse, by exact size. */
export interface BufferPool {
  readonly numBytesAllocated: number;
  readonly numBytesUsed: number;
  acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
}

/** The methods of an encoder that tfjs's backend calls in training. */
export type Encoder = Pick<GPUCommandEncoder, 'beginComputePass' | 'copyBufferToBuffer' | 'finish'>;
export type Pass = Pick<GPUComputePassEncoder, 'setPipeline' | 'setBindGroup' | 'dispatchWorkgroups' | 'end'>;

export interface TensorData {
  readonly dtype: tf.DataType;
  readonly shape: readonly number[];
  values: ArrayLike<number> | null;
  resource?: unknown;
  /** The tensor does not own its buffer: disposing the tensor does not release it. */
  external?: boolean;
}

/** The parts of tfjs's WebGPU backend that programs of ours work with; the private ones are those of the pinned version 4.22. */
export type TfjsWebGpu = Pick<
  WebGPUBackend,
  'device' | 'makeTensorInfo' | 'uploadToGPU' | 'getBufferData' | 'disposeData'
> & {
  queue: Pick<GPUQueue, 'writeBuffer' | 'submit'>;
  bufferManager: BufferPool;
  commandQueueOwnedIds: { add(dataId: object): unknown; has(dataId: object): boolean };
  readonly uniformPendingDisposal: GPUBuffer[];
  readonly tensorMap: { get(dataId: tf.TensorInfo['dataId']): TensorData };
  commandEncoder: Encoder | null;
  computePassEncoder: Pass | null;
  dispatchCountInPass: number;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  /** Numbers tensors' data in the order in which they are made. */
  nextDataId(): number;
};

/** Makes tfjs's backend on a device. */
export type MakeTfjsWebGpu = (device: GPUDevice, adapterInfo: GPUAdapterInfo) => WebGPUBackend;

/**
 * Loads tfjs's backend, which a page without a GPU never needs. It has one change: it keeps no CPU copy of values read back, which would be
 * stale after a program writes in place.
 */
export async function loadTfjsWebGpu(): Promise<MakeTfjsWebGpu> {
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  // Loading it registers a backend on a device of tfjs's own.
  if (tf.findBackendFactory('webgpu') !== null) tf.removeBackend('webgpu');
  return (device, adapterInfo) =>
    Object.assign(new WebGPUBackend(device, adapterInfo), {
      convertAndCacheOnCPU: (_: tf.TensorInfo['dataId'], values: unknown) => values,
    });
}

/** The backend, where `isWebGpu()`. */
export function tfjsWebGpu(): TfjsWebGpu {
  return tf.backend() as unknown as TfjsWebGpu;
}

/** Submits the commands that are queued and not yet submitted. */
export function submitPending(backend: TfjsWebGpu): void {
  backend.endComputePassEncoder();
  if (backend.commandEncoder !== null) backend.submitQueue();
}

/** The buffer of a tensor, which is uploaded first if necessary. */
export function bufferOf(backend: TfjsWebGpu, dataId: tf.TensorInfo['dataId']): GPUBuffer {
  backend.uploadToGPU(dataId);
  return backend.tensorMap.get(dataId).resource as GPUBuffer;
}
