import * as tf from '@tensorflow/tfjs';
import { type Freezing, isFrozen, NOTHING_FROZEN } from '../../../domain/backbones/freezing';
import { assignInPlace } from '../../kernels/movingAverage';

type Group = Map<string, tf.Variable>;

/**
 * A network's state as a flat tree of names like `encoder.stage1.block0.conv1.kernel`, in four groups, each in the order of creation:
 * - trainable: gets gradient, weight decay and momentum;
 * - frozen: weights that stay as they are in this run;
 * - moving: BN's moving statistics;
 * - remembered: what a method keeps from step to step apart from its networks, such as queues, memories and a momentum encoder.
 */
export class Parameters {
  readonly #freezing: Freezing;
  readonly #trainable: Group = new Map();
  readonly #frozen: Group = new Map();
  readonly #moving: Group = new Map();
  readonly #remembered: Group = new Map();

  constructor(freezing: Freezing = NOTHING_FROZEN) {
    this.#freezing = freezing;
  }

  /** Whether a weight of this name stays as it is. */
  isFrozen(name: string): boolean {
    return isFrozen(name, this.#freezing);
  }

  /** Adds a parameter that the optimiser updates, unless it is frozen; takes ownership of the values. */
  addTrainable<R extends tf.Rank>(name: string, shape: tf.ShapeMap[R], values: Float32Array): tf.Variable<R> {
    return this.#add(this.isFrozen(name) ? this.#frozen : this.#trainable, name, shape, values);
  }

  /** Adds a moving statistic. */
  addMoving(name: string, values: Float32Array): tf.Variable<tf.Rank.R1> {
    return this.#add<tf.Rank.R1>(this.#moving, name, [values.length], values);
  }

  /** Adds what a method keeps from step to step. */
  addRemembered<R extends tf.Rank>(name: string, shape: tf.ShapeMap[R], values: Float32Array): tf.Variable<R> {
    return this.#add(this.#remembered, name, shape, values);
  }

  /**
   * Adds all parameters of another network to the group `remembered`, their names preceded by `prefix`; they are disposed with the rest.
   */
  adopt(prefix: string, other: Parameters): void {
    for (const [name, variable] of other.entries()) this.#remembered.set(this.#unused(prefix + name), variable);
  }

  #add<R extends tf.Rank>(group: Group, name: string, shape: tf.ShapeMap[R], values: Float32Array): tf.Variable<R> {
    this.#unused(name);
    const trainable = group === this.#trainable;
    const variable = tf.tidy(() => tf.variable(tf.tensor<R>(values, shape), trainable));
    group.set(name, variable as tf.Variable);
    return variable;
  }

  #unused(name: string): string {
    if (this.#find(name) !== undefined) throw new Error(`parameter ${name} exists twice`);
    return name;
  }

  #find(name: string): tf.Variable | undefined {
    return this.#trainable.get(name) ?? this.#frozen.get(name) ?? this.#moving.get(name) ?? this.#remembered.get(name);
  }

  get trainable(): ReadonlyMap<string, tf.Variable> {
    return this.#trainable;
  }

  get frozen(): ReadonlyMap<string, tf.Variable> {
    return this.#frozen;
  }

  get moving(): ReadonlyMap<string, tf.Variable> {
    return this.#moving;
  }

  get remembered(): ReadonlyMap<string, tf.Variable> {
    return this.#remembered;
  }

  /** All variables of the state, group after group in the order above. */
  entries(): [name: string, variable: tf.Variable][] {
    return [...this.#trainable, ...this.#frozen, ...this.#moving, ...this.#remembered];
  }

  /** @throws Error when there is no such parameter. */
  get(name: string): tf.Variable {
    const variable = this.#find(name);
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

  /** Sets the state back to a snapshot, which is not disposed. */
  restore(snapshot: ReadonlyMap<string, tf.Tensor>): void {
    assignInPlace([...snapshot].map(([name, online]) => ({ target: this.get(name), online })));
  }

  dispose(): void {
    for (const [, variable] of this.entries()) variable.dispose();
    for (const group of [this.#trainable, this.#frozen, this.#moving, this.#remembered]) group.clear();
  }
}
