import * as tf from '@tensorflow/tfjs';
import { isWebGpu } from '../kernels/runtime/program';
import { bufferOf, submitPending, tfjsWebGpu } from '../kernels/runtime/tfjsWebGpu';

/** A tensor whose values are uploaded in each step. On WebGPU they always go into the same buffer, which a recording reads. */
export class StagedTensor<R extends tf.Rank> {
  readonly #shape: tf.ShapeMap[R];
  readonly #dtype: 'float32' | 'int32';
  #tensor: tf.Tensor<R> | null = null;

  constructor(shape: tf.ShapeMap[R], dtype: 'float32' | 'int32') {
    this.#shape = shape;
    this.#dtype = dtype;
  }

  /** Uploads these values, C order. The tensor returned holds them until the next call, and must not be disposed by the caller. */
  write(values: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>): tf.Tensor<R> {
    if (this.#tensor !== null && isWebGpu()) {
      const backend = tfjsWebGpu();
      // Queued commands still read the old values, so they are submitted first.
      submitPending(backend);
      backend.queue.writeBuffer(bufferOf(backend, this.#tensor.dataId), 0, values);
      return this.#tensor;
    }
    this.#tensor?.dispose();
    this.#tensor = tf.keep(tf.tensor<R>(values.slice(), this.#shape, this.#dtype));
    return this.#tensor;
  }

  dispose(): void {
    this.#tensor?.dispose();
    this.#tensor = null;
  }
}
