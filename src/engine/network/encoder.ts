import * as tf from '@tensorflow/tfjs';
import { countOfFrozen, type Freezing, NOTHING_FROZEN } from '../../domain/backbones/freezing';
import type { Layer } from '../../domain/backbones/layer';
import { type Random, seededRandom } from '../random';
import { buildLayers, type Layers } from './buildLayers';
import type { NetworkLayers } from './networkLayers';
import { onPair, type Pair } from './nn/bothViews';
import type { Mode } from './nn/forward';
import type { Parameters } from './nn/parameters';
import type { LayerStatistics, Statistics } from './nn/statistics';
import { withoutGradient } from './nn/stopGradient';

/** The outputs of the encoder. It is a type alias, since `tf.tidy` does not accept an interface. */
export type Embedding = {
  /** Backbone features after global pooling [N, featureDim]: what kNN and practitioners use. */
  readonly features: tf.Tensor2D;
  /** Projector output [N, d]. */
  readonly z: tf.Tensor2D;
};

/** z of both views, and the backbone features of both: view 1's rows, then view 2's [2N, featureDim]. */
export interface EncodedPair extends Pair<tf.Tensor2D> {
  readonly features: tf.Tensor2D;
}

/** The encoder f: backbone and projector. */
export interface Encoder {
  /** Images [N, H, W, 3] -> z [N, d]. */
  encode(images: tf.Tensor4D, mode: Mode): tf.Tensor2D;
  /** Both views in training mode, each with its own BN statistics, or with common ones where `together` is true. */
  encodePair(views: Pair<tf.Tensor4D>, together?: boolean): EncodedPair;
  /**
   * Views of several sizes in training mode, as SwAV's official code encodes them: the backbone has common BN statistics for all images of a
   * size [N_i, H_i, W_i, 3], the projector for all rows. Returns z [sum of N_i, d] and the features of the rows, in the same order.
   */
  encodeSizes(sizes: readonly tf.Tensor4D[]): Embedding;
  embed(images: tf.Tensor4D, mode: Mode): Embedding;
  /**
   * The statistics of every BN layer on images that are given in chunks [n, H, W, 3]: those of one pass over all of them, up to rounding,
   * however they are divided. The caller disposes them (`disposeStatistics`).
   * @param beyond layers on z, whose statistics are added
   */
  statistics(chunks: readonly tf.Tensor4D[], beyond: Layers<tf.Tensor2D>): Statistics;
}

/** Builds an encoder with parameters `encoder.*` and `projector.*`; the same seed gives the same weights. */
export function buildEncoder(
  parameters: Parameters,
  layers: NetworkLayers,
  seed: number,
  freezing = NOTHING_FROZEN,
): Encoder {
  const backbone = buildBackbone(parameters, layers.backbone.layers, seededRandom(seed, 'init', 'encoder'), freezing);
  const projector = buildLayers<tf.Tensor2D, tf.Tensor2D>(
    parameters,
    layers.projector,
    seededRandom(seed, 'init', 'projector'),
  );
  const encode = (images: tf.Tensor4D, mode: Mode) => projector.forward(backbone.forward(images, mode), mode);
  return {
    encode,
    encodePair: (views, together = false) => {
      const parts: tf.Tensor2D[] = [];
      const encodeOne = (x: tf.Tensor4D, mode: Mode) => {
        const features = backbone.forward(x, mode);
        parts.push(features);
        return projector.forward(features, mode);
      };
      const z = onPair<tf.Tensor4D, tf.Tensor2D>(encodeOne, views, together);
      return { ...z, features: parts.length === 1 ? parts[0] : tf.concat(parts) };
    },
    encodeSizes: (sizes) => {
      const parts = sizes.map((images) => backbone.forward(images, 'train'));
      const features = parts.length === 1 ? parts[0] : tf.concat(parts);
      return { features, z: projector.forward(features, 'train') };
    },
    embed: (images, mode) => {
      const features = backbone.forward(images, mode);
      return { features, z: projector.forward(features, mode) };
    },
    statistics: (chunks, beyond) => {
      const gathered = new Map<string, LayerStatistics>();
      tf.tidy(() => {
        beyond.gather(projector.gather(backbone.gather(chunks, gathered), gathered), gathered);
      });
      return gathered;
    },
  };
}

/** The backbone; the tape does not record the layers before the first trained one. */
function buildBackbone(
  parameters: Parameters,
  layers: readonly Layer[],
  random: Random,
  freezing: Freezing,
): Layers<tf.Tensor4D, tf.Tensor2D> {
  const count = countOfFrozen(layers, freezing);
  const fixed = buildLayers<tf.Tensor4D, tf.Tensor>(parameters, layers.slice(0, count), random);
  const trained = buildLayers<tf.Tensor, tf.Tensor2D>(parameters, layers.slice(count), random);
  return {
    forward: (images, mode) => {
      const between = count === 0 ? images : withoutGradient(() => fixed.forward(images, mode));
      return trained.forward(between, mode);
    },
    gather: (chunks, into) => trained.gather(fixed.gather(chunks, into), into),
  };
}
