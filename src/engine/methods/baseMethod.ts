import type * as tf from '@tensorflow/tfjs';
import type { LiveKey, LiveSettings } from '../../domain/runConfig';
import type { Embedding, Encoder } from '../network/encoder';
import type { Network } from '../network/network';
import type { Mode } from '../network/nn/forward';
import type { Parameters } from '../network/nn/parameters';
import type { Statistics } from '../network/nn/statistics';
import type { Method, MethodOutput, TrainedParameter } from './method';
import { Predictor } from './predictor';
import type { StepInputs } from './stepInputs';

/** What all methods share: the encoder, and a predictor that may be trained, fixed or left out. */
export abstract class BaseMethod implements Method {
  readonly parameters: Parameters;
  readonly featureDim: number;
  readonly outputDim: number;
  protected readonly encoder: Encoder;
  protected readonly predictor: Predictor;
  readonly #predictorLayers: Network['predictor'];

  /** Takes ownership of the networks. */
  constructor({ layers, parameters, encoder, predictor }: Network) {
    this.parameters = parameters;
    this.featureDim = layers.backbone.featureDim;
    this.outputDim = layers.outputDim;
    this.encoder = encoder;
    this.#predictorLayers = predictor;
    this.predictor = new Predictor(parameters, predictor);
  }

  abstract forward(inputs: StepInputs, live: LiveSettings): MethodOutput;

  trained(live: LiveSettings, _step: number): TrainedParameter[] {
    return this.predictor.trained(live);
  }

  liveChanged(key: LiveKey, live: LiveSettings): void {
    this.predictor.liveChanged(key, live);
  }

  embed(images: tf.Tensor4D, mode: Exclude<Mode, 'train'>): Embedding {
    return this.encoder.embed(images, mode);
  }

  predict(z: tf.Tensor2D, mode: Exclude<Mode, 'train'>, live: LiveSettings): tf.Tensor2D | null {
    return this.predictor.measure(z, mode, live);
  }

  statistics(chunks: readonly tf.Tensor4D[]): Statistics {
    return this.encoder.statistics(chunks, this.#predictorLayers);
  }

  dispose(): void {
    this.parameters.dispose();
    this.predictor.dispose();
  }
}
