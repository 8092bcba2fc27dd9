import * as tf from '@tensorflow/tfjs';
import { isWebGpu } from '../kernels/runtime/program';
import { bufferOf, submitPending, tfjsWebGpu } from '../kernels/runtime/tfjsWebGpu';
import { isWasm, wasmBackend } from '../kernels/runtime/wasm/backend';

/** A tensor whose values the host gives anew in each step. On WebGPU and WASM they always go to the same place, where a recording finds them. */
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
    if (this.#tensor !== null && isWasm()) {
      wasmBackend().view(this.#tensor).set(values);
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
