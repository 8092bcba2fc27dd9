import * as tf from '@tensorflow/tfjs';
import type { FeatureRows } from '../../domain/features';
import type { LiveSettings } from '../../domain/runConfig';
import type { ImageSource } from '../images/imageSource';
import { expectPixels, withPixels } from '../images/pictureCache';
import { readOnce } from '../kernels/runtime/readOnce';
import type { Method } from '../methods/method';
import type { Statistics } from '../network/nn/statistics';

/** The most images embedded at once: enough to keep a device busy, few enough for the memory of ResNet-18's activations. */
export const CHUNK = 256;

export interface EmbeddedImages {
  readonly features: FeatureRows;
  readonly z: FeatureRows;
  /** The predictor's output for z; null where it was not asked for, and where there is no predictor. */
  readonly p: FeatureRows | null;
}

/** Thrown by a measurement whose run has ended. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

export interface EmbedOptions {
  /** Images embedded at once; the features do not depend on it. */
  readonly chunk: number;
  /** What BN normalises with. */
  readonly statistics: Statistics;
  /** The settings with which p is predicted; without them, it is left out. */
  readonly predicting?: LiveSettings;
  /**
   * Queues all chunks before the first result is read, so that all are embedded with the weights of this moment. It is called within
   * `withPixels` of all images then.
   */
  readonly atOnce?: boolean;
  /** Called between chunks, so that a run that ends need not wait for a long measurement. */
  readonly isCancelled: () => boolean;
}

/** Starts of chunks that cover `count`; the last one overlaps its neighbour, so that kernels are made for one size only. */
function chunkStarts(count: number, chunk: number): number[] {
  if (count <= chunk) return [0];
  const starts: number[] = [];
  for (let start = 0; start + chunk <= count; start += chunk) starts.push(start);
  if (count % chunk !== 0) starts.push(count - chunk);
  return starts;
}

/** The outputs for `count` images; `images` passes those of a chunk to `use`. */
async function embed(
  method: Method,
  count: number,
  images: <T>(start: number, end: number, use: (images: tf.Tensor4D) => T) => T | Promise<T>,
  options: EmbedOptions,
): Promise<EmbeddedImages> {
  const { featureDim, outputDim } = method;
  const { chunk, statistics, predicting, atOnce = false, isCancelled } = options;
  const features = new Float32Array(count * featureDim);
  const z = new Float32Array(count * outputDim);
  let p: Float32Array | null = null;
  const read = async (start: number, chunkOutputs: readonly tf.Tensor2D[]) => {
    const [f, ofZ, ofP] = await Promise.all(chunkOutputs.map(readOnce));
    features.set(f, start * featureDim);
    z.set(ofZ, start * outputDim);
    if (ofP === undefined) return;
    p ??= new Float32Array(count * outputDim);
    p.set(ofP, start * outputDim);
  };
  const reads: Promise<void>[] = [];
  for (const start of chunkStarts(count, chunk)) {
    if (isCancelled()) throw new CancelledError('the run has ended');
    const end = Math.min(count, start + chunk);
    const queued = images(start, end, (pictures): tf.Tensor2D[] => {
      const embedding = method.embed(pictures, statistics);
      const predicted = predicting === undefined ? null : method.predict(embedding.z, statistics, predicting);
      return [embedding.features, embedding.z, ...(predicted === null ? [] : [predicted])];
    });
    if (atOnce && !(queued instanceof Promise)) reads.push(read(start, queued));
    else await read(start, await queued);
  }
  await Promise.all(reads);
  return {
    features: { data: features, n: count, d: featureDim },
    z: { data: z, n: count, d: outputDim },
    p: p === null ? null : { data: p, n: count, d: outputDim },
  };
}

/** The outputs for these images, not augmented. */
export function embedImages(
  method: Method,
  source: ImageSource,
  indices: Uint32Array,
  options: EmbedOptions,
): Promise<EmbeddedImages> {
  const { dataset } = source;
  return embed(
    method,
    indices.length,
    (start, end, use) => {
      const part = indices.subarray(start, end);
      const work = () => tf.tidy(() => use(source.plain(part)) as tf.TensorContainer) as ReturnType<typeof use>;
      if (options.atOnce === true) return work();
      const queued = withPixels(dataset, part, work);
      expectPixels(dataset, indices.subarray(end, end + options.chunk));
      return queued;
    },
    options,
  );
}

/** The outputs for prepared views [N, H, W, 3], which are not disposed. */
export function embedViews(method: Method, views: tf.Tensor4D, options: EmbedOptions): Promise<EmbeddedImages> {
  const [count, h, w, c] = views.shape;
  return embed(
    method,
    count,
    (start, end, use) =>
      tf.tidy(() => use(tf.slice(views, [start, 0, 0, 0], [end - start, h, w, c])) as tf.TensorContainer) as ReturnType<
        typeof use
      >,
    options,
  );
}

/**
 * The statistics that images are measured with: those of the BN layers on these images, not augmented, with the weights of this
 * moment. They depend on the chunk by rounding only. The caller disposes them.
 */
export function imageStatistics(method: Method, source: ImageSource, indices: Uint32Array, chunk: number): Statistics {
  const images = Array.from({ length: Math.ceil(indices.length / chunk) }, (_, i) =>
    source.plain(indices.subarray(i * chunk, (i + 1) * chunk)),
  );
  const statistics = method.statistics(images);
  tf.dispose(images);
  return statistics;
}
