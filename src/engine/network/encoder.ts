import type * as tf from '@tensorflow/tfjs';
import type { RunConfig } from '../../domain/runConfig';
import { seededRandom } from '../random';
import { type ResNetShape, resNet } from './backbones/resnet';
import { mlpHead } from './heads/mlpHead';
import { projectorLayers } from './heads/projectorLayers';
import { onPair, type Pair } from './nn/bothViews';
import type { Mode } from './nn/layer';
import type { Parameters } from './nn/parameters';

/** What the encoder makes of images; a type, since `tf.tidy` takes no interface. */
export type Embedding = {
  /** Backbone features after global pooling [N, featureDim]: what kNN and practitioners use. */
  readonly features: tf.Tensor2D;
  /** Projector output [N, d]. */
  readonly z: tf.Tensor2D;
};

export type EncoderSettings = Pick<
  RunConfig,
  'headBatchNorm' | 'outputDim' | 'projectorLayers' | 'projectorHidden' | 'seed'
>;

/** The encoder f: backbone and projector. */
export interface Encoder {
  readonly featureDim: number;
  readonly outputDim: number;
  /** Images [N, H, W, 3] -> z [N, d]. */
  encode(images: tf.Tensor4D, mode: Mode): tf.Tensor2D;
  /** Both views in training mode, each with BN statistics of its own. */
  encodePair(views: Pair<tf.Tensor4D>): Pair<tf.Tensor2D>;
  embed(images: tf.Tensor4D, mode: Mode): Embedding;
}

/** Builds an encoder with parameters `encoder.*` and `projector.*`; the same seed gives the same weights. */
export function buildEncoder(parameters: Parameters, shape: ResNetShape, settings: EncoderSettings): Encoder {
  const { headBatchNorm, outputDim, projectorLayers: layers, projectorHidden: hidden, seed } = settings;
  const featureDim = shape.widths[shape.widths.length - 1];
  const backbone = resNet(parameters, shape, seededRandom(seed, 'init', 'encoder'));
  const head = projectorLayers({ layers, hidden, outputDim, headBatchNorm });
  const projector = mlpHead(parameters, 'projector', featureDim, head, seededRandom(seed, 'init', 'projector'));
  const encode = (images: tf.Tensor4D, mode: Mode) => projector(backbone(images, mode), mode);
  return {
    featureDim,
    outputDim,
    encode,
    encodePair: (views) => onPair(encode, views),
    embed: (images, mode) => {
      const features = backbone(images, mode);
      return { features, z: projector(features, mode) };
    },
  };
}
