import * as tf from '@tensorflow/tfjs';
import type { FeatureRows } from '../../../domain/features';
import type { RunConfig } from '../../../domain/runConfig';
import { ImageSource } from '../../images/imageSource';
import { expectPixels, type TrainingImages, withPixels } from '../../images/pictureCache';
import type { Normalisation } from '../../kernels/augment/normalisation';
import { bindingLimit } from '../../kernels/runtime/program';
import { readOnce } from '../../kernels/runtime/readOnce';
import { buildLayers, type Layers } from '../../network/buildLayers';
import { activationBytesPerImage } from '../../network/convolutions';
import { networkLayersOf } from '../../network/networkLayers';
import { Parameters } from '../../network/nn/parameters';
import { seededRandom } from '../../random';
import type { EncoderWeights } from './encoderWeights';

/** Images embedded at once, where nothing else is asked for. */
const BATCH = 256;
/** And at first, where their number follows from the time that they take. */
const FIRST_BATCH = 16;

export interface EmbedOptions {
  /** Of the images to embed, in their order; all where left out. */
  readonly indices?: Uint32Array | undefined;
  /** The most images embedded at once; fewer where the adapter cannot hold them. */
  readonly batch?: number | undefined;
  /** About the longest time in milliseconds that a block may hold up the thread: fewer images are embedded at once where they take longer. */
  readonly blockMs?: number | undefined;
}

/** The outputs for some images that follow one another. */
export interface EmbeddedBlock {
  /** Place of the first of them among those that are embedded. */
  readonly start: number;
  readonly features: FeatureRows;
  /** null where the projector is not known. */
  readonly z: FeatureRows | null;
}

/** An encoder with fixed weights on the device, apart from any run: a run may go on while it embeds images. */
export class FrozenEncoder {
  readonly featureDim: number;
  /** Width of z; null where the projector is not known. */
  readonly outputDim: number | null;
  readonly #config: RunConfig;
  readonly #normalisation: Normalisation;
  readonly #parameters = new Parameters();
  readonly #backbone: Layers<tf.Tensor4D, tf.Tensor2D>;
  readonly #projector: Layers<tf.Tensor2D> | null;
  #viewsAtOnce = FIRST_BATCH;

  /** Copies the weights to the device; `dispose` frees them. */
  constructor({ config, normalisation, tensors }: EncoderWeights) {
    const { backbone, projector, outputDim } = networkLayersOf(config);
    const hasProjector = [...tensors.keys()].some((name) => name.startsWith('projector.'));
    this.#config = config;
    this.#normalisation = normalisation;
    this.featureDim = backbone.featureDim;
    this.outputDim = hasProjector ? outputDim : null;
    // The first weights are replaced.
    const random = seededRandom(0, 'encoder');
    this.#backbone = buildLayers(this.#parameters, backbone.layers, random);
    this.#projector = hasProjector ? buildLayers(this.#parameters, projector, random) : null;
    tf.tidy(() => {
      const onDevice = [...tensors].map(
        ([name, { shape, values }]) => [name, tf.tensor(values, [...shape], 'float32')] as const,
      );
      this.#parameters.restore(new Map(onDevice));
    });
  }

  /**
   * The outputs for images of a data set, not augmented, block after block. Each depends on its own image and the weights alone, not on
   * the others of its block.
   */
  async *embed(
    images: TrainingImages,
    { indices: chosen, batch = BATCH, blockMs }: EmbedOptions = {},
  ): AsyncGenerator<EmbeddedBlock> {
    const source = new ImageSource(images, this.#config);
    const count = chosen?.length ?? images.count;
    const most = this.#mostAtOnce(batch);
    let size = blockMs === undefined ? most : Math.min(most, FIRST_BATCH);
    const indicesFrom = (start: number) =>
      chosen?.slice(start, start + size) ??
      Uint32Array.from({ length: Math.max(0, Math.min(size, count - start)) }, (_, i) => start + i);
    for (let start = 0; start < count; ) {
      const indices = indicesFrom(start);
      const n = indices.length;
      let heldUpMs = 0;
      const queued = await withPixels(images, indices, () => {
        const begun = tf.util.now();
        const outputs = this.#outputs(source, indices);
        heldUpMs = tf.util.now() - begun;
        return outputs;
      });
      if (blockMs !== undefined) size = Math.max(1, Math.min(most, 2 * n, Math.floor((n * blockMs) / heldUpMs)));
      expectPixels(images, indicesFrom(start + n));
      const [features, z] = await Promise.all(queued.map((output) => output.data<'float32'>()));
      tf.dispose(queued);
      const rows = (data: Float32Array, d: number) => ({ data: Float32Array.from(data), n, d });
      yield {
        start,
        features: rows(features, this.featureDim),
        z: this.outputDim === null ? null : rows(z, this.outputDim),
      };
      start += n;
    }
  }

  /**
   * The features of images of a data set as one array, without z.
   * @param after awaited after each block, with the number of its images; may throw to stop
   */
  async features(
    images: TrainingImages,
    options: EmbedOptions,
    after: (images: number) => void | Promise<void>,
  ): Promise<FeatureRows> {
    const [n, d] = [options.indices?.length ?? images.count, this.featureDim];
    const data = new Float32Array(n * d);
    for await (const { start, features } of this.embed(images, options)) {
      data.set(features.data, start * d);
      await after(features.n);
    }
    return { data, n, d };
  }

  /**
   * The features of prepared views [N, side, side, 3], which are not disposed; some at once, as long as they hold the thread up for about
   * `blockMs` milliseconds.
   * @param normalisation what the views are normalised with
   * @param between awaited before each block; may throw to stop
   */
  async embedViews(
    views: tf.Tensor4D,
    normalisation: Normalisation,
    blockMs: number,
    between: () => Promise<void>,
  ): Promise<FeatureRows> {
    const [n, ...shape] = views.shape;
    const d = this.featureDim;
    const data = new Float32Array(n * d);
    for (let start = 0; start < n; ) {
      await between();
      const size = Math.min(this.#viewsAtOnce, n - start);
      const begun = tf.util.now();
      const features = tf.tidy(() => {
        const part = tf.slice(views, [start, 0, 0, 0], [size, ...shape]);
        return this.#backbone.forward(renormalised(part, normalisation, this.#normalisation), 'infer');
      });
      const heldUpMs = tf.util.now() - begun;
      data.set(await readOnce(features), start * d);
      start += size;
      const fitting = Math.floor((size * blockMs) / Math.max(heldUpMs, 0.01));
      this.#viewsAtOnce = Math.max(1, Math.min(this.#mostAtOnce(BATCH), 2 * size, fitting));
    }
    return { data, n, d };
  }

  /** Images that the adapter can hold at once, at most `batch`. */
  #mostAtOnce(batch: number): number {
    const held = Math.floor(bindingLimit() / activationBytesPerImage(networkLayersOf(this.#config)));
    return Math.max(1, Math.min(batch, held));
  }

  /** Features, and z where the projector is known. */
  #outputs(source: ImageSource, indices: Uint32Array): tf.Tensor2D[] {
    return tf.tidy(() => {
      const features = this.#backbone.forward(source.plain(indices, this.#normalisation), 'infer');
      return this.#projector === null ? [features] : [features, this.#projector.forward(features, 'infer')];
    });
  }

  dispose(): void {
    this.#parameters.dispose();
  }
}

/** Images that are normalised with some means and deviations, normalised with others. */
function renormalised(images: tf.Tensor4D, from: Normalisation, to: Normalisation): tf.Tensor4D {
  const scale = from.std.map((std, c) => std / to.std[c]);
  const shift = from.mean.map((mean, c) => (mean - to.mean[c]) / to.std[c]);
  if (scale.every((value) => value === 1) && shift.every((value) => value === 0)) return images;
  return tf.add(tf.mul(images, tf.tensor1d(scale)), tf.tensor1d(shift));
}
