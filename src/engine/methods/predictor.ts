import type * as tf from '@tensorflow/tfjs';
import type { LiveKey, LiveSettings } from '../../domain/runConfig';
import type { Layers } from '../network/buildLayers';
import { onPair, type Pair } from '../network/nn/bothViews';
import type { Mode } from '../network/nn/forward';
import type { Parameters } from '../network/nn/parameters';
import type { TrainedParameter } from './method';

/** The predictor h in its three states (Table 1): trained, fixed at its random initialisation, or none. Parameters `predictor.*`. */
export class Predictor {
  readonly #parameters: Parameters;
  readonly #network: Layers<tf.Tensor2D>;
  readonly #initial: Map<string, tf.Tensor>;

  /** @param network h, whose freshly initialised weights are in `parameters` */
  constructor(parameters: Parameters, network: Layers<tf.Tensor2D>) {
    this.#parameters = parameters;
    this.#network = network;
    this.#initial = parameters.snapshot('predictor.');
  }

  /** p = h(z), in training mode; z itself where there is no predictor. z, p [N, d]. */
  predict(z: tf.Tensor2D, live: LiveSettings): tf.Tensor2D {
    return live.predictor === 'none' ? z : this.#network.forward(z, 'train');
  }

  /** p = h(z) for measuring; null where there is no predictor. */
  measure(z: tf.Tensor2D, mode: Exclude<Mode, 'train'>, live: LiveSettings): tf.Tensor2D | null {
    return live.predictor === 'none' ? null : this.#network.forward(z, mode);
  }

  /** p of both views, each with its own BN statistics, or with common ones where `together` is true. */
  predictPair(z: Pair<tf.Tensor2D>, live: LiveSettings, together = false): Pair<tf.Tensor2D> {
    return live.predictor === 'none' ? z : onPair(this.#network.forward, z, together);
  }

  /** All parameters that are trained; those of the predictor only in state `trained`. */
  trained(live: LiveSettings): TrainedParameter[] {
    const trained: TrainedParameter[] = [];
    for (const [name, variable] of this.#parameters.trainable) {
      const own = name.startsWith('predictor.');
      if (own && live.predictor !== 'trained') continue;
      trained.push({ name, variable, rate: own && live.fixPredictorLr ? 'initialLearningRate' : rateOf(name) });
    }
    return trained;
  }

  /** Called after every change in flight. */
  liveChanged(key: LiveKey, live: LiveSettings): void {
    // Table 1 (b) fixes h at its random initialisation, not at what it has learned since.
    if (key === 'predictor' && live.predictor === 'fixed') this.#parameters.restore(this.#initial);
  }

  dispose(): void {
    for (const tensor of this.#initial.values()) tensor.dispose();
  }
}

function rateOf(name: string): TrainedParameter['rate'] {
  return name.startsWith('encoder.') ? 'backboneLearningRate' : 'learningRate';
}
