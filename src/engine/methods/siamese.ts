import type * as tf from '@tensorflow/tfjs';
import type { LiveKey, LiveSettings, RunConfig } from '../../domain/runConfig';
import { backboneShape } from '../network/backbones/shapes';
import { buildEncoder, type Embedding, type Encoder } from '../network/encoder';
import { type Pair, pairOf } from '../network/nn/bothViews';
import { Parameters } from '../network/nn/parameters';
import type { Method, MethodOutput, TrainedParameter } from './method';
import { Predictor } from './predictor';
import type { StepInputs } from './stepInputs';

/**
 * A loss of both views' outputs z, and of their predictions p; where there is no predictor, p is z. Each [N, d].
 * @returns a scalar, averaged over the batch
 */
export type SiameseLoss = (z: Pair<tf.Tensor2D>, p: Pair<tf.Tensor2D>, live: LiveSettings) => tf.Scalar;

/** A method that is an encoder, shared by both views, and a loss: nothing that follows, remembers or is trained apart but a predictor. */
export class Siamese implements Method {
  readonly parameters = new Parameters();
  readonly featureDim: number;
  readonly outputDim: number;
  readonly #encoder: Encoder;
  readonly #predictor: Predictor;
  readonly #loss: SiameseLoss;

  constructor(config: RunConfig, loss: SiameseLoss) {
    this.#encoder = buildEncoder(this.parameters, backboneShape(config), config);
    this.#predictor = new Predictor(this.parameters, config);
    this.#loss = loss;
    this.featureDim = this.#encoder.featureDim;
    this.outputDim = this.#encoder.outputDim;
  }

  forward({ x1, x2 }: StepInputs, live: LiveSettings): MethodOutput {
    const z = this.#encoder.encodePair(pairOf(x1, x2));
    const p = this.#predictor.predictPair(z, live);
    return { loss: this.#loss(z, p, live), z1: z.first, z2: z.second, p1: p.first, p2: p.second };
  }

  trained(live: LiveSettings): TrainedParameter[] {
    return this.#predictor.trained(live);
  }

  liveChanged(key: LiveKey, live: LiveSettings): void {
    this.#predictor.liveChanged(key, live);
  }

  embed(images: tf.Tensor4D, mode: 'measure' | 'infer'): Embedding {
    return this.#encoder.embed(images, mode);
  }

  dispose(): void {
    this.parameters.dispose();
    this.#predictor.dispose();
  }
}
