import * as tf from '@tensorflow/tfjs';
import { microBatchSize } from '../../domain/microBatch';
import type { LiveSettings, RunConfig } from '../../domain/runConfig';
import { byolLoss } from '../losses/byolLoss';
import type { Network } from '../network/network';
import type { NetworkLayers } from '../network/networkLayers';
import { pairOf } from '../network/nn/bothViews';
import type { Pass } from '../network/pass';
import { tauSchedule } from '../optim/schedule';
import { BaseMethod } from './baseMethod';
import type { MethodOutput } from './method';
import type { MethodImplementation } from './methodImplementation';
import { MomentumEncoder } from './momentumEncoder';
import { encoderPass } from './passes';
import { siamesePasses } from './siamese';
import type { StepInputs } from './stepInputs';

/** BYOL (arXiv 2006.07733): an online encoder and predictor learn to predict the output of a momentum encoder. */
class Byol extends BaseMethod {
  readonly #tauBase: number;
  readonly #target: MomentumEncoder;

  constructor(network: Network, { tauBase }: RunConfig) {
    super(network);
    this.#tauBase = tauBase;
    this.#target = new MomentumEncoder(network);
  }

  forward({ x1, x2 }: StepInputs, live: LiveSettings): MethodOutput {
    const views = pairOf(x1, x2);
    const z = this.encoder.encodePair(views);
    const { first: p1, second: p2 } = this.predictor.predictPair(z, live);
    const [t1, t2] = this.#target.encodePair(views);
    const loss = tf.add<tf.Scalar>(byolLoss(p1, t2), byolLoss(p2, t1));
    return { loss, features: z.features, z1: z.first, z2: z.second, p1, p2 };
  }

  afterUpdate(scalars: tf.Tensor1D): void {
    this.#target.follow(scalars);
  }

  tau(t: number, total: number): number {
    return tauSchedule(this.#tauBase, t, total);
  }
}

/** The online networks' passes, and both views through the momentum encoder. */
function passes(network: NetworkLayers, config: RunConfig): Pass[] {
  const target = encoderPass(network, { rows: microBatchSize(config), views: 2, gradientViews: 0 });
  return [...siamesePasses(network, config), target];
}

export const byol: MethodImplementation = { passes, create: (network, config) => new Byol(network, config) };
