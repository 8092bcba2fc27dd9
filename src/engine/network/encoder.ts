import * as tf from '@tensorflow/tfjs';
import { seededRandom } from '../random';
import { buildLayers } from './buildLayers';
import type { NetworkLayers } from './networkLayers';
import { onPair, type Pair } from './nn/bothViews';
import type { Mode } from './nn/forward';
import type { Parameters } from './nn/parameters';

/** The outputs of the encoder. It is a type alias, since `tf.tidy` does not accept an interface. */
export type Embedding = {
  /** Backbone features after global pooling [N, featureDim]: what kNN and practitioners use. */
  readonly features: tf.Tensor2D;
  /** Projector output [N, d]. */
  readonly z: tf.Tensor2D;
};

/** The encoder f: backbone and projector. */
export interface Encoder {
  /** Images [N, H, W, 3] -> z [N, d]. */
  encode(images: tf.Tensor4D, mode: Mode): tf.Tensor2D;
  /** Both views in training mode, each with its own BN statistics, or with common ones where `together` is true. */
  encodePair(views: Pair<tf.Tensor4D>, together?: boolean): Pair<tf.Tensor2D>;
  /**
   * Views of several sizes in training mode, as SwAV's official code encodes them: the backbone has common BN statistics for all images of a
   * size [N_i, H_i, W_i, 3], the projector for all rows. Returns z [sum of N_i, d].
   */
  encodeSizes(sizes: readonly tf.Tensor4D[]): tf.Tensor2D;
  embed(images: tf.Tensor4D, mode: Mode): Embedding;
}

/** Builds an encoder with parameters `encoder.*` and `projector.*`; the same seed gives the same weights. */
export function buildEncoder(parameters: Parameters, layers: NetworkLayers, seed: number): Encoder {
  const backbone = buildLayers<tf.Tensor4D, tf.Tensor2D>(
    parameters,
    layers.backbone.layers,
    seededRandom(seed, 'init', 'encoder'),
  );
  const projector = buildLayers<tf.Tensor2D, tf.Tensor2D>(
    parameters,
    layers.projector,
    seededRandom(seed, 'init', 'projector'),
  );
  const encode = (images: tf.Tensor4D, mode: Mode) => projector(backbone(images, mode), mode);
  return {
    encode,
    encodePair: (views, together = false) => onPair(encode, views, together),
    encodeSizes: (sizes) => {
      const features = sizes.map((images) => backbone(images, 'train'));
      return projector(features.length === 1 ? features[0] : tf.concat(features), 'train');
    },
    embed: (images, mode) => {
      const features = backbone(images, mode);
      return { features, z: projector(features, mode) };
    },
  };
}
