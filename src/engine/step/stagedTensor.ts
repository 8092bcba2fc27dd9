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

  /**
   * Uploads these values, C order. The tensor returned holds them until the next call, and must not be disposed by the caller.
   * @param shape of the values where they are fewer or more than the tensor's; a tensor that keeps its place keeps its shape, and the rest of
   *   its values
   */
  write(values: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>, shape = this.#shape): tf.Tensor<R> {
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
    const whole = isWebGpu() || isWasm() ? this.#shape : shape;
    const size = tf.util.sizeFromShape(whole);
    const copy = this.#dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
    copy.set(values);
    this.#tensor = tf.keep(tf.tensor<R>(copy, whole, this.#dtype));
    return this.#tensor;
  }

  /**
   * The values that were written last.
   * @throws Error before the first
   */
  get tensor(): tf.Tensor<R> {
    if (this.#tensor === null) throw new Error('nothing was uploaded yet');
    return this.#tensor;
  }

  dispose(): void {
    this.#tensor?.dispose();
    this.#tensor = null;
  }
}
