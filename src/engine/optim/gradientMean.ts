import * as tf from '@tensorflow/tfjs';
import { assignInPlace, movingAverage } from '../kernels/movingAverage';

/**
 * The mean of the gradients of a batch's parts (gradient accumulation), in the same memory for each step: after part i, counted from 0,
 * mean = i/(i + 1) mean + 1/(i + 1) gradient. The share of the parts before stands in the step's scalars.
 */
export class GradientMean {
  readonly #means = new Map<string, tf.Variable>();

  /** Sets the tensors that the following parts have, by name; those that are no longer named are freed. Call it before the first part. */
  prepare(tensors: readonly { readonly name: string; readonly shape: readonly number[] }[]): void {
    const names = new Set(tensors.map(({ name }) => name));
    for (const [name, mean] of this.#means) {
      if (names.has(name)) continue;
      mean.dispose();
      this.#means.delete(name);
    }
    for (const { name, shape } of tensors) {
      if (this.#means.has(name)) continue;
      this.#means.set(
        name,
        tf.tidy(() => tf.variable(tf.zeros([...shape]), false)),
      );
    }
  }

  /**
   * Takes in a part's tensors, which are not disposed.
   * @param earlier index in `scalars` of the share of the parts before
   * @throws Error when one was not among those prepared
   */
  add(tensors: ReadonlyMap<string, tf.Tensor>, scalars: tf.Tensor1D, earlier: number): void {
    const followers = [...tensors].map(([name, online]) => ({ target: this.get(name), online }));
    movingAverage(followers, scalars, earlier);
  }

  /** The mean so far; the caller must not dispose it. */
  get(name: string): tf.Variable {
    const mean = this.#means.get(name);
    if (mean === undefined) throw new Error(`gradient accumulation was not prepared for ${name}`);
    return mean;
  }

  /** Sets all means to zero: a value that is not finite would stay, since it is multiplied by 0 at a first part. */
  clear(): void {
    tf.tidy(() => assignInPlace([...this.#means.values()].map((target) => ({ target, online: tf.zerosLike(target) }))));
  }

  dispose(): void {
    for (const mean of this.#means.values()) mean.dispose();
    this.#means.clear();
  }
}
