import type * as tf from '@tensorflow/tfjs';
import { microBatchSize } from '../../domain/microBatch';
import type { LiveSettings, RunConfig } from '../../domain/runConfig';
import type { Network } from '../network/network';
import type { NetworkLayers } from '../network/networkLayers';
import { type Pair, pairOf } from '../network/nn/bothViews';
import type { Pass } from '../network/pass';
import { BaseMethod } from './baseMethod';
import type { MethodOutput } from './method';
import { encoderPass, predictorPasses } from './passes';
import type { StepInputs } from './stepInputs';

/**
 * A loss of both views' outputs z, and of their predictions p; where there is no predictor, p is z. Each [N, d].
 * @returns a scalar, averaged over the batch
 */
export type SiameseLoss = (z: Pair<tf.Tensor2D>, p: Pair<tf.Tensor2D>, live: LiveSettings) => tf.Scalar;

/** A method that consists of an encoder shared by both views, a predictor and a loss, and keeps nothing from step to step. */
export class Siamese extends BaseMethod {
  readonly #loss: SiameseLoss;
  readonly #together: boolean;

  /** @param together whether BN has common statistics of both views */
  constructor(network: Network, loss: SiameseLoss, together: boolean) {
    super(network);
    this.#loss = loss;
    this.#together = together;
  }

  forward({ x1, x2 }: StepInputs, live: LiveSettings): MethodOutput {
    const z = this.encoder.encodePair(pairOf(x1, x2), this.#together);
    const p = this.predictor.predictPair(z, live, this.#together);
    return { loss: this.#loss(z, p, live), features: z.features, z1: z.first, z2: z.second, p1: p.first, p2: p.second };
  }
}

/** Both views through encoder and predictor, and a gradient from each. */
export function siamesePasses(network: NetworkLayers, config: RunConfig): Pass[] {
  const rows = microBatchSize(config);
  const pair = config.viewsTogether
    ? ({ rows: 2 * rows, views: 1, gradientViews: 1 } as const)
    : ({ rows, views: 2, gradientViews: 2 } as const);
  return [encoderPass(network, pair), ...predictorPasses(network, config, pair)];
}
