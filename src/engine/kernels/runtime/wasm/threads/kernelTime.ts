import * as tf from '@tensorflow/tfjs';

/** The first `FIRST` calls are measured and then every `EVERY`th, since code becomes faster while it is compiled further. */
const FIRST = 2;
const EVERY = 64;

/** How long a kernel takes on one thread. */
export class KernelTime {
  #calls = 0;
  /** Milliseconds of its fastest measured call. */
  best = Number.POSITIVE_INFINITY;

  /** Whether the next call is to be measured. */
  isNext(): boolean {
    this.#calls += 1;
    return this.#calls <= FIRST || this.#calls % EVERY === 0;
  }

  measure(call: () => void): void {
    const start = tf.util.now();
    call();
    this.best = Math.min(this.best, tf.util.now() - start);
  }
}
