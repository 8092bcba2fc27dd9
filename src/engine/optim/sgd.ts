import * as tf from '@tensorflow/tfjs';
import { sgdUpdate } from '../kernels/sgd';

/** One parameter's part in a step; `gradient` stays the caller's. */
export interface ParameterUpdate {
  readonly name: string;
  readonly variable: tf.Variable;
  readonly gradient: tf.Tensor;
  readonly learningRate: number;
}

/**
 * SGD with momentum and weight decay on every parameter, BN scales and biases included, as PyTorch has it (no Nesterov, no dampening):
 * g = gradient + weightDecay w; v = momentum v + g; w = w - learningRate v.
 */
export class Sgd {
  readonly #momentum: number;
  readonly #weightDecay: number;
  readonly #velocity = new Map<string, tf.Tensor>();

  constructor(options: { readonly momentum: number; readonly weightDecay: number }) {
    this.#momentum = options.momentum;
    this.#weightDecay = options.weightDecay;
  }

  /** Updates these parameters. One that takes no part in a step loses its velocity, so that it does not jump when it returns. */
  step(updates: readonly ParameterUpdate[]): void {
    const names = new Set(updates.map(({ name }) => name));
    for (const [name, velocity] of this.#velocity) {
      if (names.has(name)) continue;
      velocity.dispose();
      this.#velocity.delete(name);
    }
    for (const { name, variable, gradient, learningRate } of updates) {
      const before = this.#velocity.get(name) ?? tf.keep(tf.zeros(variable.shape));
      const rates = { learningRate, momentum: this.#momentum, weightDecay: this.#weightDecay };
      this.#velocity.set(name, sgdUpdate(variable, before, gradient, rates));
    }
  }

  /** Velocity of each parameter that took part in the last step; the tensors stay the optimiser's. */
  get velocity(): ReadonlyMap<string, tf.Tensor> {
    return this.#velocity;
  }

  dispose(): void {
    for (const velocity of this.#velocity.values()) velocity.dispose();
    this.#velocity.clear();
  }
}
