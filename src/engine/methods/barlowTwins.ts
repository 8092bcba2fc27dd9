import * as tf from '@tensorflow/tfjs';
import type { LiveKey, LiveSettings, RunConfig } from '../../spec/runConfig';
import { backboneShape } from '../backbones/shapes';
import { barlowTwins } from '../losses/barlowTwins';
import { pairOf } from '../nn/bothViews';
import { Parameters } from '../nn/parameters';
import { stopGradient } from '../nn/stopGradient';
import type { StepInputs } from '../stepInputs';
import { buildEncoder, type Encoder } from './encoder';
import type { Embedding, Method, MethodOutput, TrainedParameter } from './method';
import { Predictor } from './predictor';

/** Barlow Twins (arXiv 2103.03230): the two views' cross-correlation is to be the identity; with its Table 5's predictor and stop-gradient. */
class BarlowTwins implements Method {
  readonly parameters = new Parameters();
  readonly featureDim: number;
  readonly outputDim: number;
  readonly #encoder: Encoder;
  readonly #predictor: Predictor;

  constructor(config: RunConfig) {
    this.#encoder = buildEncoder(this.parameters, backboneShape(config), config);
    this.#predictor = new Predictor(this.parameters, config);
    this.featureDim = this.#encoder.featureDim;
    this.outputDim = this.#encoder.outputDim;
  }

  forward({ x1, x2 }: StepInputs, live: LiveSettings): MethodOutput {
    const z = this.#encoder.encodePair(pairOf(x1, x2));
    const { first: z1, second: z2 } = z;
    const { first: p1, second: p2 } = this.#predictor.predictPair(z, live);
    const towards = (p: tf.Tensor2D, target: tf.Tensor2D) =>
      barlowTwins(p, live.stopGradient ? stopGradient(target) : target, live.lambda);
    // Between branches that are alike the mirror image is the transposed matrix: the same loss.
    const alike = live.predictor === 'none' && !live.stopGradient;
    const loss = alike ? towards(z1, z2) : tf.mul<tf.Scalar>(tf.add(towards(p1, z2), towards(p2, z1)), 0.5);
    return { loss, z1, z2, p1, p2 };
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

export function createBarlowTwins(config: RunConfig): Method {
  return new BarlowTwins(config);
}
