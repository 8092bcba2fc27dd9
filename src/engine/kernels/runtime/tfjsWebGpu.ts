import * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** What hands out GPU buffers; tfjs's own keeps those released for reuse, by exact size. */
export interface BufferPool {
  readonly numBytesAllocated: number;
  readonly numBytesUsed: number;
  acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
}

/** What tfjs's backend asks of an encoder in training. */
export type Encoder = Pick<GPUCommandEncoder, 'beginComputePass' | 'copyBufferToBuffer' | 'finish'>;
export type Pass = Pick<GPUComputePassEncoder, 'setPipeline' | 'setBindGroup' | 'dispatchWorkgroups' | 'end'>;

export interface TensorData {
  readonly dtype: tf.DataType;
  readonly shape: readonly number[];
  values: ArrayLike<number> | null;
  resource?: unknown;
  /** The buffer is somebody else's: disposing the tensor leaves it alone. */
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

/** tfjs's backend, but for one thing: it keeps no copy of what was read back, which a program that writes in place would leave stale. */
export function makeTfjsWebGpu(device: GPUDevice, adapterInfo: GPUAdapterInfo): WebGPUBackend {
  const backend = new WebGPUBackend(device, adapterInfo);
  return Object.assign(backend, { convertAndCacheOnCPU: (_: tf.TensorInfo['dataId'], values: unknown) => values });
}

/** The backend, where `isWebGpu()`. */
export function tfjsWebGpu(): TfjsWebGpu {
  return tf.backend() as unknown as TfjsWebGpu;
}

/** Submits what is queued and not yet under way. */
export function submitPending(backend: TfjsWebGpu): void {
  backend.endComputePassEncoder();
  if (backend.commandEncoder !== null) backend.submitQueue();
}

/** The buffer of a tensor, uploaded if need be. */
export function bufferOf(backend: TfjsWebGpu, dataId: tf.TensorInfo['dataId']): GPUBuffer {
  backend.uploadToGPU(dataId);
  return backend.tensorMap.get(dataId).resource as GPUBuffer;
}
