import * as tf from '@tensorflow/tfjs';
import type { FeatureRows } from '../../../domain/features';
import type { RunConfig } from '../../../domain/runConfig';
import { ImageSource } from '../../images/imageSource';
import { expectPixels, type TrainingImages, withPixels } from '../../images/pictureCache';
import type { Normalisation } from '../../kernels/augment/normalisation';
import { bindingLimit } from '../../kernels/runtime/program';
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
  /** The most images embedded at once; fewer where the adapter cannot hold them. */
  readonly batch?: number | undefined;
  /** About the longest time in milliseconds that a block may hold up the thread: fewer images are embedded at once where they take longer. */
  readonly blockMs?: number | undefined;
  /** The images to embed, in this order; all by default. */
  readonly only?: Uint32Array | undefined;
}

/** The outputs for some images that follow one another. */
export interface EmbeddedBlock {
  /** Place of the first of them among the images that are embedded: its index, where these are all. */
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
   * The outputs for images of a data set, all by default, not augmented, block after block. Each depends on its own image and the weights alone, not on
   * the others of its block.
   */
  async *embed(
    images: TrainingImages,
    { batch = BATCH, blockMs, only }: EmbedOptions = {},
  ): AsyncGenerator<EmbeddedBlock> {
    const source = new ImageSource(images, this.#config);
    const held = Math.floor(bindingLimit() / activationBytesPerImage(networkLayersOf(this.#config)));
    const most = Math.max(1, Math.min(batch, held));
    let size = blockMs === undefined ? most : Math.min(most, FIRST_BATCH);
    const count = only?.length ?? images.count;
    const indicesFrom = (start: number) =>
      Uint32Array.from(
        { length: Math.max(0, Math.min(size, count - start)) },
        (_, i) => only?.[start + i] ?? start + i,
      );
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
