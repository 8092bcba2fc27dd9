import * as tf from '@tensorflow/tfjs';
import type { LiveKey, LiveSettings, RunConfig } from '../../spec/runConfig';
import { type ResNetShape, resNet } from '../backbones/resnet';
import { backboneShape } from '../backbones/shapes';
import { mlpHead } from '../heads/mlpHead';
import { predictorLayers } from '../heads/predictor';
import { projectorLayers } from '../heads/projector';
import { crossEntropySimilarity } from '../losses/crossEntropySimilarity';
import { negativeCosine } from '../losses/negativeCosine';
import { onPair, pairOf } from '../nn/bothViews';
import type { Layer } from '../nn/layer';
import { Parameters } from '../nn/parameters';
import { stopGradient } from '../nn/stopGradient';
import { seededRandom } from '../random';
import type { StepInputs } from '../stepInputs';
import type { Embedding, Method, MethodOutput, TrainedParameter } from './method';

export type SimSiamOptions = Pick<
  RunConfig,
  | 'headBatchNorm'
  | 'similarity'
  | 'symmetric'
  | 'outputDim'
  | 'projectorLayers'
  | 'projectorHidden'
  | 'predictorHidden'
  | 'fixPredictorLr'
  | 'seed'
>;

/** SimSiam (Sec. 3): encoder f = backbone + projector, predictor h, and the loss of Eqs. 2 to 4. */
export class SimSiam implements Method {
  readonly parameters = new Parameters();
  readonly featureDim: number;
  readonly outputDim: number;
  readonly #options: SimSiamOptions;
  readonly #backbone: Layer<tf.Tensor4D, tf.Tensor2D>;
  readonly #projector: Layer<tf.Tensor2D>;
  readonly #predictor: Layer<tf.Tensor2D>;
  readonly #initialPredictor: Map<string, tf.Tensor>;

  constructor(shape: ResNetShape, options: SimSiamOptions) {
    const { headBatchNorm, outputDim, seed } = options;
    const { parameters } = this;
    this.#options = options;
    this.featureDim = shape.widths[shape.widths.length - 1];
    this.outputDim = outputDim;
    this.#backbone = resNet(parameters, shape, seededRandom(seed, 'init', 'encoder'));
    const projector = projectorLayers({
      layers: options.projectorLayers,
      hidden: options.projectorHidden,
      outputDim,
      headBatchNorm,
    });
    this.#projector = mlpHead(
      parameters,
      'projector',
      this.featureDim,
      projector,
      seededRandom(seed, 'init', 'projector'),
    );
    const predictor = predictorLayers({ hidden: options.predictorHidden, outputDim, headBatchNorm });
    this.#predictor = mlpHead(parameters, 'predictor', outputDim, predictor, seededRandom(seed, 'init', 'predictor'));
    this.#initialPredictor = parameters.snapshot('predictor.');
  }

  forward({ x1, x2 }: StepInputs, live: LiveSettings): MethodOutput {
    const { similarity, symmetric } = this.#options;
    const f: Layer<tf.Tensor4D, tf.Tensor2D> = (x, mode) => this.#projector(this.#backbone(x, mode), mode);
    const h: Layer<tf.Tensor2D> = (z, mode) => (live.predictor === 'none' ? z : this.#predictor(z, mode));
    const target = (z: tf.Tensor2D) => (live.stopGradient ? stopGradient(z) : z);
    const D = similarity === 'cosine' ? negativeCosine : crossEntropySimilarity;

    const z = onPair(f, pairOf(x1, x2));
    const { first: z1, second: z2 } = z;
    // Sec. 4.6: the asymmetric variant is D(p1, stopgrad(z2)) alone.
    if (!symmetric) {
      const p1 = h(z1, 'train');
      return { loss: D(p1, target(z2)), z1, z2, p1 };
    }
    const { first: p1, second: p2 } = onPair(h, z);
    const loss = tf.mul<tf.Scalar>(tf.add(D(p1, target(z2)), D(p2, target(z1))), 0.5);
    return { loss, z1, z2, p1, p2 };
  }

  trained(live: LiveSettings): TrainedParameter[] {
    const trained: TrainedParameter[] = [];
    for (const [name, variable] of this.parameters.trainable) {
      const inPredictor = name.startsWith('predictor.');
      if (inPredictor && live.predictor !== 'trained') continue;
      trained.push({ name, variable, constantLearningRate: inPredictor && this.#options.fixPredictorLr });
    }
    return trained;
  }

  liveChanged(key: LiveKey, live: LiveSettings): void {
    // Table 1 (b) fixes h at its random initialisation, not at what it has learned since.
    if (key === 'predictor' && live.predictor === 'fixed') this.parameters.restore(this.#initialPredictor);
  }

  embed(images: tf.Tensor4D, mode: 'measure' | 'infer'): Embedding {
    const features = this.#backbone(images, mode);
    return { features, z: this.#projector(features, mode) };
  }

  dispose(): void {
    this.parameters.dispose();
    for (const tensor of this.#initialPredictor.values()) tensor.dispose();
  }
}

export function createSimSiam(config: RunConfig): Method {
  return new SimSiam(backboneShape(config), config);
}
