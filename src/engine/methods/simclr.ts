import * as tf from '@tensorflow/tfjs';
import type { LiveKey, LiveSettings, RunConfig } from '../../spec/runConfig';
import { backboneShape } from '../backbones/shapes';
import { ntXent } from '../losses/ntXent';
import { type Pair, pairOf } from '../nn/bothViews';
import { Parameters } from '../nn/parameters';
import { stopGradient } from '../nn/stopGradient';
import type { StepInputs } from '../stepInputs';
import { buildEncoder, type Encoder } from './encoder';
import type { Embedding, Method, MethodOutput, TrainedParameter } from './method';
import { Predictor } from './predictor';

/** SimCLR (arXiv 2002.05709): views of one image against all other views of the batch; with Sec. 6.2's predictor and stop-gradient. */
class SimClr implements Method {
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
    const p = this.#predictor.predictPair(z, live);
    const keys = together(z);
    const anchors = live.predictor === 'none' ? keys : together(p);
    const loss = ntXent(anchors, live.stopGradient ? stopGradient(keys) : keys, live.temperature);
    return { loss, z1: z.first, z2: z.second, p1: p.first, p2: p.second };
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

/** All of view 1, then all of view 2 [2N, d]. */
function together({ first, second, both }: Pair<tf.Tensor2D>): tf.Tensor2D {
  return both ?? tf.concat([first, second], 0);
}

export function createSimClr(config: RunConfig): Method {
  return new SimClr(config);
}
