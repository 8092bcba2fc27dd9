import * as tf from '@tensorflow/tfjs';
import type { ImageSource } from '../images/imageSource';
import type { Method } from '../methods/method';
import type { Embedding } from '../network/encoder';
import type { FeatureRows } from './featureRows';

/** Images embedded at once where the engine can: enough for BN's batch statistics, little enough for ResNet-18's activations. */
export const CHUNK = 256;

export interface EmbeddedImages {
  readonly features: FeatureRows;
  readonly z: FeatureRows;
}

/** Thrown by a measurement whose run has ended. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

export interface EmbedOptions {
  /** Images embedded at once. */
  readonly chunk: number;
  /** Called between chunks, so that a run that ends need not wait for a long measurement. */
  readonly isCancelled: () => boolean;
}

/** Starts of chunks that cover `count`; the last one overlaps its neighbour, so that BN never takes statistics of a handful of images. */
function chunkStarts(count: number, chunk: number): number[] {
  if (count <= chunk) return [0];
  const starts: number[] = [];
  for (let start = 0; start + chunk <= count; start += chunk) starts.push(start);
  if (count % chunk !== 0) starts.push(count - chunk);
  return starts;
}

/**
 * Features and z of `count` images in mode 'measure': BN uses the chunk's statistics and does not change its moving ones. `images` makes
 * the images of a chunk.
 */
async function embed(
  method: Method,
  count: number,
  images: (start: number, end: number) => tf.Tensor4D,
  options: EmbedOptions,
): Promise<EmbeddedImages> {
  const { featureDim, outputDim } = method;
  const { chunk, isCancelled } = options;
  const features = new Float32Array(count * featureDim);
  const z = new Float32Array(count * outputDim);
  for (const start of chunkStarts(count, chunk)) {
    if (isCancelled()) throw new CancelledError('the run has ended');
    const embedding: Embedding = tf.tidy(() => {
      return method.embed(images(start, Math.min(count, start + chunk)), 'measure');
    });
    const [f, p] = await Promise.all([embedding.features.data(), embedding.z.data()]);
    tf.dispose([embedding.features, embedding.z]);
    features.set(f, start * featureDim);
    z.set(p, start * outputDim);
  }
  return {
    features: { data: features, n: count, d: featureDim },
    z: { data: z, n: count, d: outputDim },
  };
}

/** Features and z of these images, not augmented. */
export function embedImages(
  method: Method,
  source: ImageSource,
  indices: Uint32Array,
  options: EmbedOptions,
): Promise<EmbeddedImages> {
  return embed(method, indices.length, (start, end) => source.plain(indices.subarray(start, end)), options);
}

/** Features and z of prepared views [N, H, W, 3], which are not disposed. */
export function embedViews(method: Method, views: tf.Tensor4D, options: EmbedOptions): Promise<EmbeddedImages> {
  const [count, h, w, c] = views.shape;
  return embed(method, count, (start, end) => tf.slice(views, [start, 0, 0, 0], [end - start, h, w, c]), options);
}
