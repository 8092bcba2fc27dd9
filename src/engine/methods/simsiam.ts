import * as tf from '@tensorflow/tfjs';
import type { LiveKey, LiveSettings, RunConfig } from '../../domain/runConfig';
import { crossEntropySimilarity } from '../losses/crossEntropySimilarity';
import { negativeCosine } from '../losses/negativeCosine';
import type { ResNetShape } from '../network/backbones/resnet';
import { backboneShape } from '../network/backbones/shapes';
import { buildEncoder, type Embedding, type Encoder, type EncoderSettings } from '../network/encoder';
import { pairOf } from '../network/nn/bothViews';
import { Parameters } from '../network/nn/parameters';
import { stopGradient } from '../network/nn/stopGradient';
import { tauSchedule } from '../optim/schedule';
import type { Method, MethodOutput, MoreViews, TrainedParameter, TrainingImages } from './method';
import { MomentumEncoder } from './momentumEncoder';
import { OutputMemory } from './outputMemory';
import { Predictor, type PredictorSettings } from './predictor';
import type { StepInputs } from './stepInputs';

export type SimSiamSettings = EncoderSettings &
  PredictorSettings &
  Pick<
    RunConfig,
    'symmetrization' | 'momentumEncoder' | 'tauBase' | 'movingAverageTarget' | 'targetMomentum' | 'alternation'
  >;

/** A view of each image, and where its image and its precomputed target are. */
interface View {
  readonly x: tf.Tensor4D;
  readonly images: tf.Tensor1D;
  readonly precomputed: tf.Tensor2D | null;
}

/**
 * SimSiam (Sec. 3): encoder f = backbone + projector, predictor h, and the loss of Eqs. 2 to 4; with the variants that change what is
 * predicted: a momentum encoder's output, a moving average of the image's outputs, or outputs of earlier weights (Sec. 5.2).
 */
export class SimSiam implements Method {
  readonly parameters = new Parameters();
  readonly featureDim: number;
  readonly outputDim: number;
  readonly moreViews: MoreViews;
  readonly innerSteps: number;
  readonly #settings: SimSiamSettings;
  readonly #encoder: Encoder;
  readonly #predictor: Predictor;
  readonly #momentumEncoder: MomentumEncoder | null;
  readonly #memory: OutputMemory | null;

  constructor(shape: ResNetShape, settings: SimSiamSettings, images: TrainingImages) {
    const { parameters } = this;
    const build = (into: Parameters) => buildEncoder(into, shape, settings);
    this.#settings = settings;
    this.#encoder = build(parameters);
    this.#predictor = new Predictor(parameters, settings);
    this.#momentumEncoder = settings.momentumEncoder ? new MomentumEncoder(parameters, build) : null;
    this.#memory = settings.movingAverageTarget
      ? new OutputMemory(parameters, [images.count, settings.outputDim], settings.targetMomentum)
      : null;
    this.featureDim = this.#encoder.featureDim;
    this.outputDim = this.#encoder.outputDim;
    this.moreViews = { full: settings.symmetrization === 'asymmetric2x' ? 2 : 0, small: null };
    this.innerSteps = settings.alternation;
  }

  forward(inputs: StepInputs, live: LiveSettings): MethodOutput {
    const { images, targets } = inputs;
    const first: View = { x: inputs.x1, images, precomputed: targets?.z1 ?? null };
    const second: View = { x: inputs.x2, images, precomputed: targets?.z2 ?? null };
    switch (this.#settings.symmetrization) {
      case 'symmetric':
        return this.#symmetric(first, second, live);
      case 'asymmetric':
        return this.#asymmetric(first, second, live);
      case 'asymmetric2x':
        return this.#twoPairs(first, second, inputs.moreViews, live);
      default:
        return this.#settings.symmetrization satisfies never;
    }
  }

  /** Eq. 4: 1/2 D(p1, stopgrad(z2)) + 1/2 D(p2, stopgrad(z1)). */
  #symmetric(first: View, second: View, live: LiveSettings): MethodOutput {
    const z = this.#encoder.encodePair(pairOf(first.x, second.x));
    const { first: z1, second: z2 } = z;
    const { first: p1, second: p2 } = this.#predictor.predictPair(z, live);
    const t1 = this.#target(first, z1, live);
    const t2 = this.#target(second, z2, live);
    this.#memory?.keep(first.images, tf.mul(tf.add(t1, t2), 0.5));
    const D = similarityOf(live);
    return { loss: tf.mul<tf.Scalar>(tf.add(D(p1, t2), D(p2, t1)), 0.5), z1, z2, p1, p2 };
  }

  /** Sec. 4.6: D(p1, stopgrad(z2)) alone. */
  #asymmetric(first: View, second: View, live: LiveSettings): MethodOutput {
    const { first: z1, second: z2 } = this.#encoder.encodePair(pairOf(first.x, second.x));
    const p1 = this.#predictor.predict(z1, live);
    const t2 = this.#target(second, z2, live);
    this.#memory?.keep(second.images, t2);
    return { loss: similarityOf(live)(p1, t2), z1, z2, p1 };
  }

  /** Sec. 4.6, "2x": the asymmetric loss over two pairs of views of each image. */
  #twoPairs(first: View, second: View, [x3, x4]: readonly tf.Tensor4D[], live: LiveSettings): MethodOutput {
    const one = this.#asymmetric(first, second, live);
    const other = this.#asymmetric({ ...first, x: x3 }, { ...second, x: x4 }, live);
    return { ...one, loss: tf.mul<tf.Scalar>(tf.add(one.loss, other.loss), 0.5) };
  }

  /** What the other view's p is to be like. */
  #target({ x, images, precomputed }: View, z: tf.Tensor2D, live: LiveSettings): tf.Tensor2D {
    if (precomputed !== null) return precomputed;
    if (this.#momentumEncoder !== null) return this.#momentumEncoder.encode(x);
    if (this.#memory !== null) return this.#memory.next(images, z);
    return live.stopGradient ? stopGradient(z) : z;
  }

  trained(live: LiveSettings): TrainedParameter[] {
    return this.#predictor.trained(live);
  }

  afterUpdate(inputs: StepInputs): void {
    this.#momentumEncoder?.follow(inputs);
  }

  tau(t: number, total: number): number {
    return tauSchedule(this.#settings.tauBase, t, total);
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

function similarityOf({ similarity }: LiveSettings): typeof negativeCosine {
  return similarity === 'cosine' ? negativeCosine : crossEntropySimilarity;
}

export function createSimSiam(config: RunConfig, images: TrainingImages): Method {
  return new SimSiam(backboneShape(config), config, images);
}
