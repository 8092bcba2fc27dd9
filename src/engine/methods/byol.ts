import * as tf from '@tensorflow/tfjs';
import type { LiveKey, LiveSettings, RunConfig } from '../../domain/runConfig';
import { byolLoss } from '../losses/byolLoss';
import { backboneShape } from '../network/backbones/shapes';
import { buildEncoder, type Embedding, type Encoder } from '../network/encoder';
import { pairOf } from '../network/nn/bothViews';
import { Parameters } from '../network/nn/parameters';
import { tauSchedule } from '../optim/schedule';
import type { Method, MethodOutput, TrainedParameter } from './method';
import { MomentumEncoder } from './momentumEncoder';
import { Predictor } from './predictor';
import type { StepInputs } from './stepInputs';

/** BYOL (arXiv 2006.07733): an online encoder and predictor learn to predict the output of a momentum encoder. */
class Byol implements Method {
  readonly parameters = new Parameters();
  readonly featureDim: number;
  readonly outputDim: number;
  readonly #tauBase: number;
  readonly #online: Encoder;
  readonly #predictor: Predictor;
  readonly #target: MomentumEncoder;

  constructor(config: RunConfig) {
    const { parameters } = this;
    const build = (into: Parameters) => buildEncoder(into, backboneShape(config), config);
    this.#tauBase = config.tauBase;
    this.#online = build(parameters);
    this.#predictor = new Predictor(parameters, config);
    this.#target = new MomentumEncoder(parameters, build);
    this.featureDim = this.#online.featureDim;
    this.outputDim = this.#online.outputDim;
  }

  forward({ x1, x2 }: StepInputs, live: LiveSettings): MethodOutput {
    const views = pairOf(x1, x2);
    const z = this.#online.encodePair(views);
    const { first: p1, second: p2 } = this.#predictor.predictPair(z, live);
    const [t1, t2] = this.#target.encodePair(views);
    const loss = tf.add<tf.Scalar>(byolLoss(p1, t2), byolLoss(p2, t1));
    return { loss, z1: z.first, z2: z.second, p1, p2 };
  }

  trained(live: LiveSettings): TrainedParameter[] {
    return this.#predictor.trained(live);
  }

  afterUpdate(inputs: StepInputs): void {
    this.#target.follow(inputs);
  }

  tau(t: number, total: number): number {
    return tauSchedule(this.#tauBase, t, total);
  }

  liveChanged(key: LiveKey, live: LiveSettings): void {
    this.#predictor.liveChanged(key, live);
  }

  embed(images: tf.Tensor4D, mode: 'measure' | 'infer'): Embedding {
    return this.#online.embed(images, mode);
  }

  dispose(): void {
    this.parameters.dispose();
    this.#predictor.dispose();
  }
}

export function createByol(config: RunConfig): Method {
  return new Byol(config);
}
