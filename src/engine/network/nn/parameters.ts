import * as tf from '@tensorflow/tfjs';
import { assignInPlace } from '../../kernels/movingAverage';

/**
 * A network's state as a flat tree of names like `encoder.stage1.block0.conv1.kernel`, in the order of creation.
 * Trainable parameters get gradient, weight decay and momentum; moving statistics of BN do not.
 */
export class Parameters {
  readonly #trainable = new Map<string, tf.Variable>();
  readonly #moving = new Map<string, tf.Variable>();

  /** Adds a parameter that the optimiser updates; takes ownership of nothing but the values. */
  addTrainable<R extends tf.Rank>(name: string, shape: tf.ShapeMap[R], values: Float32Array): tf.Variable<R> {
    return this.#add(this.#trainable, name, shape, values, true);
  }

  /** Adds a moving statistic: part of the state, never of the gradient. */
  addMoving(name: string, values: Float32Array): tf.Variable<tf.Rank.R1> {
    return this.addState<tf.Rank.R1>(name, [values.length], values);
  }

  /** Adds what a method keeps from step to step (a queue, a memory): part of the state, never of the gradient. */
  addState<R extends tf.Rank>(name: string, shape: tf.ShapeMap[R], values: Float32Array): tf.Variable<R> {
    return this.#add(this.#moving, name, shape, values, false);
  }

  /** Takes all of another network as state, under names that begin with `prefix`; it is disposed of with the rest. */
  adopt(prefix: string, other: Parameters): void {
    for (const [name, variable] of other.entries()) this.#moving.set(prefix + name, variable);
  }

  #add<R extends tf.Rank>(
    group: Map<string, tf.Variable>,
    name: string,
    shape: tf.ShapeMap[R],
    values: Float32Array,
    trainable: boolean,
  ): tf.Variable<R> {
    if (this.#trainable.has(name) || this.#moving.has(name)) throw new Error(`parameter ${name} exists twice`);
    const variable = tf.tidy(() => tf.variable(tf.tensor<R>(values, shape), trainable));
    group.set(name, variable as tf.Variable);
    return variable;
  }

  get trainable(): ReadonlyMap<string, tf.Variable> {
    return this.#trainable;
  }

  /** Everything that makes up the state: trainable parameters, then moving statistics. */
  entries(): [name: string, variable: tf.Variable][] {
    return [...this.#trainable, ...this.#moving];
  }

  /** @throws Error when there is no such parameter. */
  get(name: string): tf.Variable {
    const variable = this.#trainable.get(name) ?? this.#moving.get(name);
    if (variable === undefined) throw new Error(`no parameter is named ${name}`);
    return variable;
  }

  /** A copy of the values of those whose name starts with `prefix`; the caller disposes it. */
  snapshot(prefix = ''): Map<string, tf.Tensor> {
    // A clone would share the buffer, which an optimiser may update in place; adding zero copies it.
    return new Map(
      this.entries()
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, variable]) => [name, tf.tidy(() => tf.add(variable, 0))]),
    );
  }

  /** Sets the state back to a snapshot, which stays the caller's. */
  restore(snapshot: ReadonlyMap<string, tf.Tensor>): void {
    assignInPlace([...snapshot].map(([name, online]) => ({ target: this.get(name), online })));
  }

  dispose(): void {
    for (const [, variable] of this.entries()) variable.dispose();
    this.#trainable.clear();
    this.#moving.clear();
  }
}
