import * as tf from '@tensorflow/tfjs';
import { assignInPlace } from '../kernels/movingAverage';
import { sgdUpdate } from '../kernels/sgd';

/** One parameter to update in a step; `gradient` is not disposed. */
export interface ParameterUpdate {
  readonly name: string;
  readonly variable: tf.Variable;
  readonly gradient: tf.Tensor;
  /** Index of its learning rate in the step's scalars. */
  readonly rate: number;
}

/**
 * SGD with momentum and weight decay on every parameter, BN scales and biases included, as in PyTorch (no Nesterov, no dampening): g =
 * gradient + weightDecay w; v = momentum v + g; w = w - rate v.
 */
export class Sgd {
  readonly #momentum: number;
  readonly #weightDecay: number;
  readonly #velocity = new Map<string, tf.Variable>();

  constructor(options: { readonly momentum: number; readonly weightDecay: number }) {
    this.#momentum = options.momentum;
    this.#weightDecay = options.weightDecay;
  }

  /**
   * Sets the parameters that the following steps update. Call it before the first step and whenever they may have changed. A parameter that
   * is no longer updated loses its velocity, so that it does not jump when it is trained again.
   */
  prepare(trained: readonly { readonly name: string; readonly variable: tf.Variable }[]): void {
    const names = new Set(trained.map(({ name }) => name));
    for (const [name, velocity] of this.#velocity) {
      if (names.has(name)) continue;
      velocity.dispose();
      this.#velocity.delete(name);
    }
    for (const { name, variable } of trained) {
      if (this.#velocity.has(name)) continue;
      this.#velocity.set(
        name,
        tf.tidy(() => tf.variable(tf.zeros(variable.shape), false)),
      );
    }
  }

  /**
   * Updates these parameters with their rates from `scalars`.
   * @throws Error when one was not among those prepared
   */
  step(updates: readonly ParameterUpdate[], scalars: tf.Tensor1D): void {
    const items = updates.map(({ name, variable, gradient, rate }) => {
      const velocity = this.#velocity.get(name);
      if (velocity === undefined) throw new Error(`the optimiser was not prepared for ${name}`);
      return { weight: variable, velocity, gradient, rate };
    });
    sgdUpdate(items, scalars, { momentum: this.#momentum, weightDecay: this.#weightDecay });
  }

  /** Velocity of each parameter prepared; the caller must not dispose the tensors. */
  get velocity(): ReadonlyMap<string, tf.Tensor> {
    return this.#velocity;
  }

  /** A copy of the velocities by parameter name; the caller disposes it. */
  state(): ReadonlyMap<string, tf.Tensor> {
    return new Map([...this.#velocity].map(([name, velocity]) => [name, copyOf(velocity)]));
  }

  /** Goes back to a state, which is not disposed. Existing velocities are overwritten in place, since recorded steps use their buffers. */
  restore(state: ReadonlyMap<string, tf.Tensor>): void {
    tf.tidy(() => {
      const known = [...this.#velocity];
      // A velocity that is not in the state is set to zero, as if it had just been prepared.
      assignInPlace(known.map(([name, target]) => ({ target, online: state.get(name) ?? tf.zerosLike(target) })));
    });
    for (const [name, value] of state) {
      if (this.#velocity.has(name)) continue;
      this.#velocity.set(
        name,
        tf.tidy(() => tf.variable(copyOf(value), false)),
      );
    }
  }

  dispose(): void {
    for (const velocity of this.#velocity.values()) velocity.dispose();
    this.#velocity.clear();
  }
}

/** A clone would share the buffer, which an update overwrites; adding zero copies it. */
function copyOf(tensor: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.add(tensor, 0));
}
