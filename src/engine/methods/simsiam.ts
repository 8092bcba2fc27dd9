import * as tf from '@tensorflow/tfjs';
import { alternates, hasConstantTarget } from '../../domain/methods/simsiam';
import { microBatchSize } from '../../domain/microBatch';
import type { LiveSettings, RunConfig } from '../../domain/runConfig';
import { crossEntropySimilarity } from '../losses/crossEntropySimilarity';
import { negativeCosine } from '../losses/negativeCosine';
import type { Network } from '../network/network';
import type { NetworkLayers } from '../network/networkLayers';
import { pairOf } from '../network/nn/bothViews';
import { stopGradient } from '../network/nn/stopGradient';
import type { Pass } from '../network/pass';
import { tauSchedule } from '../optim/schedule';
import { BaseMethod } from './baseMethod';
import type { MethodOutput, MoreViews, TrainingImages } from './method';
import type { MethodImplementation } from './methodImplementation';
import { MomentumEncoder } from './momentumEncoder';
import { OutputMemory } from './outputMemory';
import { encoderPass, predictorPasses } from './passes';
import type { StepInputs } from './stepInputs';

/** A view of each image of a batch, with the indices of the images and the precomputed targets, if any. */
interface View {
  readonly x: tf.Tensor4D;
  readonly images: tf.Tensor1D;
  readonly precomputed: tf.Tensor2D | null;
}

/**
 * SimSiam (Sec. 3): encoder f = backbone + projector, predictor h, and the loss of Eqs. 2 to 4; with the variants that change the target: a
 * momentum encoder's output, a moving average of the image's outputs, or outputs of earlier weights (Sec. 5.2).
 */
class SimSiam extends BaseMethod {
  readonly moreViews: MoreViews;
  readonly innerSteps: number;
  readonly #config: RunConfig;
  readonly #momentumEncoder: MomentumEncoder | null;
  readonly #memory: OutputMemory | null;

  constructor(network: Network, config: RunConfig, images: TrainingImages) {
    super(network);
    this.#config = config;
    this.#momentumEncoder = config.momentumEncoder ? new MomentumEncoder(network) : null;
    this.#memory = config.movingAverageTarget
      ? new OutputMemory(this.parameters, [images.count, this.outputDim], config)
      : null;
    this.moreViews = { full: config.symmetrization === 'asymmetric2x' ? 2 : 0, small: null };
    this.innerSteps = config.alternation === 0 ? Math.floor(images.count / config.batchSize) : config.alternation;
  }

  forward(inputs: StepInputs, live: LiveSettings): MethodOutput {
    const { images, targets } = inputs;
    const first: View = { x: inputs.x1, images, precomputed: targets?.z1 ?? null };
    const second: View = { x: inputs.x2, images, precomputed: targets?.z2 ?? null };
    switch (this.#config.symmetrization) {
      case 'symmetric':
        return this.#symmetric(first, second, live);
      case 'asymmetric':
        return this.#asymmetric(first, second, live);
      case 'asymmetric2x':
        return this.#twoPairs(first, second, inputs.moreViews, live);
      default:
        return this.#config.symmetrization satisfies never;
    }
  }

  /** Eq. 4: 1/2 D(p1, stopgrad(z2)) + 1/2 D(p2, stopgrad(z1)). */
  #symmetric(first: View, second: View, live: LiveSettings): MethodOutput {
    const z = this.encoder.encodePair(pairOf(first.x, second.x));
    const { first: z1, second: z2 } = z;
    const { first: p1, second: p2 } = this.predictor.predictPair(z, live);
    const t1 = this.#target(first, z1, live);
    const t2 = this.#target(second, z2, live);
    this.#memory?.keep(first.images, tf.mul(tf.add(t1, t2), 0.5));
    const D = similarityOf(live);
    const loss = tf.mul<tf.Scalar>(tf.add(D(p1, t2), D(p2, t1)), 0.5);
    return { loss, features: z.features, z1, z2, p1, p2 };
  }

  /** Sec. 4.6: D(p1, stopgrad(z2)) alone. */
  #asymmetric(first: View, second: View, live: LiveSettings): MethodOutput {
    const { first: z1, second: z2, features } = this.encoder.encodePair(pairOf(first.x, second.x));
    const p1 = this.predictor.predict(z1, live);
    const t2 = this.#target(second, z2, live);
    this.#memory?.keep(second.images, t2);
    return { loss: similarityOf(live)(p1, t2), features, z1, z2, p1 };
  }

  /** Sec. 4.6, "2x": the asymmetric loss over two pairs of views of each image. */
  #twoPairs(first: View, second: View, [x3, x4]: readonly tf.Tensor4D[], live: LiveSettings): MethodOutput {
    const one = this.#asymmetric(first, second, live);
    const other = this.#asymmetric({ ...first, x: x3 }, { ...second, x: x4 }, live);
    return { ...one, loss: tf.mul<tf.Scalar>(tf.add(one.loss, other.loss), 0.5) };
  }

  /** The target for the other view's p. */
  #target({ x, images, precomputed }: View, z: tf.Tensor2D, live: LiveSettings): tf.Tensor2D {
    if (precomputed !== null) return precomputed;
    if (this.#momentumEncoder !== null) return this.#momentumEncoder.encode(x);
    if (this.#memory !== null) return this.#memory.next(images, z);
    return live.stopGradient ? stopGradient(z) : z;
  }

  afterUpdate(scalars: tf.Tensor1D): void {
    this.#momentumEncoder?.follow(scalars);
  }

  tau(t: number, total: number): number {
    return tauSchedule(this.#config.tauBase, t, total);
  }
}

function similarityOf({ similarity }: LiveSettings): typeof negativeCosine {
  return similarity === 'cosine' ? negativeCosine : crossEntropySimilarity;
}

/** The passes of a step's pairs of views, and those of their targets where another network or earlier weights compute them. */
function passes(network: NetworkLayers, config: RunConfig): Pass[] {
  const { symmetrization, momentumEncoder } = config;
  const rows = microBatchSize(config);
  const symmetric = symmetrization === 'symmetric';
  const constantTarget = config.stopGradient || hasConstantTarget(config);
  const predicted = symmetric ? 2 : 1;
  const target = encoderPass(network, { rows, views: 1, gradientViews: 0 });
  const pair = [
    // In an asymmetric loss the second view's z is only the target.
    encoderPass(network, { rows, views: 2, gradientViews: symmetric || !constantTarget ? 2 : 1 }),
    ...predictorPasses(network, config, { rows, views: predicted, gradientViews: predicted }),
    ...(momentumEncoder ? Array<Pass>(predicted).fill(target) : []),
  ];
  return [
    ...pair,
    ...(symmetrization === 'asymmetric2x' ? pair : []),
    // `HeldTargets` computes the targets of both views of each step beforehand.
    ...(alternates(config) ? [target, target] : []),
  ];
}

export const simsiam: MethodImplementation = {
  passes,
  create: (network, config, images) => new SimSiam(network, config, images),
};
