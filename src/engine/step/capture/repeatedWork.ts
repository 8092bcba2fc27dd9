import * as tf from '@tensorflow/tfjs';
import { readOnce } from '../../kernels/runtime/readOnce';
import { canRecord, record } from './record';
import type { Recording, Results } from './recording';

/**
 * Device work that each step does again. Where the backend can record, it is recorded in the first step and replayed in the others;
 * elsewhere it is run op by op. Both give the same numbers.
 */
export class RepeatedWork<T extends Results> {
  readonly #record: boolean;
  #recording: Recording<T> | null = null;
  /** Of the last run op by op, as far as they were not read. */
  #results: T | null = null;
  readonly #read = new Set<tf.Tensor>();

  /** @param isRecorded false: op by op on every backend */
  constructor(isRecorded: boolean) {
    this.#record = isRecorded;
  }

  /** Queues the work once. `work` does the same device work each time until `forget` is called, and returns tensors that are kept. */
  run(work: () => T): void {
    if (this.#record && canRecord()) {
      this.#recording ??= record(work);
      this.#recording.replay();
      return;
    }
    const results = work();
    this.#freeResults();
    this.#results = results;
  }

  /** Results of the last run, overwritten or freed by the next; null before the first. */
  get results(): T | null {
    return this.#recording?.results ?? this.#results;
  }

  /** Values of a result of the last run. To be called before the next run, and once for each result. */
  read(name: keyof T): Promise<Float32Array> {
    if (this.#recording !== null) return this.#recording.read(name);
    if (this.#results === null) throw new Error('nothing was computed yet');
    const tensor = this.#results[name];
    this.#read.add(tensor);
    return readOnce(tensor);
  }

  /** Bytes of device memory that tfjs does not count. */
  get bytes(): number {
    return this.#recording?.bytes ?? 0;
  }

  /** Discards the recording, so that the next run records again. */
  forget(): void {
    this.#recording?.dispose();
    this.#recording = null;
  }

  #freeResults(): void {
    if (this.#results !== null) tf.dispose(Object.values<tf.Tensor>(this.#results).filter((t) => !this.#read.has(t)));
    this.#results = null;
    this.#read.clear();
  }

  dispose(): void {
    this.forget();
    this.#freeResults();
  }
}
