import * as tf from '@tensorflow/tfjs';
import type { KeptShapes, PictureStorage } from '../../domain/imageDataset';
import type { AugmentConfig } from '../../domain/runConfig';
import { augmentBatch } from '../augment/augmentBatch';
import { centreSquareParams, drawAugmentParams, type PictureShapes } from '../augment/drawAugment';
import { type PackedPictures, packPictures } from '../augment/packPictures';
import type { Normalisation } from '../kernels/augment/normalisation';
import { AUGMENT_COLUMNS, PLACE_COLUMNS } from '../kernels/augment/params';
import type { DevicePictures } from '../kernels/augment/pictures';
import { currentImplementation } from '../kernels/runtime/implementation';
import type { Random } from '../random';
import { channelStatistics, measureChannels } from './channelStatistics';
import { pixelsOf, type TrainingImages } from './pictureCache';

const UNIT_RANGE: Normalisation = { mean: [0, 0, 0], std: [1, 1, 1] };

/** Pixels that one tensor holds where the images need not be on the device at once: 64 MB. */
const PART_PIXELS = 2 ** 24;

/**
 * The images of a data set, as a network of one input size gets them, normalised by mean and std of the training images, or by those that are
 * given. Where they are kept compressed, `prepare` comes first, and their pixels are read within `withPixels`.
 */
export class ImageSource {
  readonly dataset: TrainingImages;
  /** Side in pixels of the network's input. */
  readonly side: number;
  /** Whether pixels are averaged where images are scaled down; runs of earlier versions skipped pixels. */
  readonly #antialias: boolean;
  /** The largest height and width among the images. */
  readonly #largest: readonly [height: number, width: number];

  /** What images are normalised with; null: mean and std of the training images. */
  readonly #given: Normalisation | null;

  /** @param normalisation that of the weights that a run begins with */
  constructor(
    dataset: TrainingImages,
    { imageSize, sourceSize }: PictureStorage,
    normalisation: Normalisation | null = null,
  ) {
    this.dataset = dataset;
    this.#given = normalisation && { mean: normalisation.mean, std: normalisation.std };
    this.side = imageSize;
    this.#antialias = sourceSize !== 'square';
    this.#largest = largestOf(dataset);
  }

  /** Measures what images are normalised with. */
  async prepare(): Promise<void> {
    if (this.#given === null) await measureChannels(this.dataset);
  }

  get normalisation(): Normalisation {
    return this.#given ?? channelStatistics(this.dataset);
  }

  /** The pixels of these images. The plain ops need each image in a part of its own. */
  read(indices: ArrayLike<number>): PackedPictures {
    const { widths, heights } = this.dataset;
    return packPictures(
      { widths, heights, pixelsOf: (index) => pixelsOf(this.dataset, index) },
      indices,
      currentImplementation() === 'plain' ? this.#largestAmong(indices) : null,
    );
  }

  /** What `read` gave, on the device; `pixels` and `places` hold its numbers. */
  onDevice({ heights, widths }: PictureShapes, pixels: tf.Tensor, places: tf.Tensor2D): DevicePictures {
    if (currentImplementation() !== 'plain') {
      const [height, width] = this.#largest;
      return { pixels, places, height, width };
    }
    const [height, width] = largestOf({ heights, widths });
    return { pixels: pixels.reshape([heights.length, height, width]), places, height, width };
  }

  #largestAmong(indices: ArrayLike<number>): readonly [height: number, width: number] {
    const { heights, widths } = this.dataset;
    const chosen = Array.from(indices);
    return largestOf({ heights: chosen.map((i) => heights[i]), widths: chosen.map((i) => widths[i]) });
  }

  #uploaded(packed: PackedPictures): DevicePictures {
    const { pixels, places } = packed;
    const placed = tf.tensor2d(places, [places.length / PLACE_COLUMNS, PLACE_COLUMNS], 'int32');
    return this.onDevice(packed, tf.tensor1d(pixels, 'int32'), placed);
  }

  /** Parts of the images that fit into one tensor: the first index of each, and the one after its last. */
  #partsOf(indices: ArrayLike<number>): (readonly [start: number, end: number])[] {
    const { heights, widths } = this.dataset;
    const parts: (readonly [number, number])[] = [];
    let start = 0;
    let pixels = 0;
    for (let i = 0; i < indices.length; i++) {
      const area = heights[indices[i]] * widths[indices[i]];
      if (i > start && pixels + area > PART_PIXELS) {
        parts.push([start, i]);
        start = i;
        pixels = 0;
      }
      pixels += area;
    }
    return [...parts, [start, indices.length]];
  }

  /**
   * Normalised images without augmentation [N, side, side, 3]: the centre square of each, scaled to the input size.
   * @param normalisation that of an encoder which was trained on other images
   */
  plain(indices: Uint32Array, normalisation = this.normalisation): tf.Tensor4D {
    return this.#unaugmented(indices, normalisation, this.side);
  }

  /** The same with values in [0, 1], scaled to a side in pixels, by default that of the network's input. */
  unnormalised(indices: Uint32Array, side = this.side): tf.Tensor4D {
    return this.#unaugmented(indices, UNIT_RANGE, side);
  }

  #unaugmented(indices: Uint32Array, normalisation: Normalisation, side: number): tf.Tensor4D {
    return tf.tidy(() => {
      const parts = this.#partsOf(indices).map(([start, end]) => {
        const packed = this.read(indices.subarray(start, end));
        const params = tf.tensor2d(centreSquareParams(packed), [end - start, AUGMENT_COLUMNS]);
        return augmentBatch(this.#uploaded(packed), params, {
          ...this.#options(side),
          normalisation,
          blur: false,
        });
      });
      return parts.length === 1 ? parts[0] : tf.concat(parts, 0);
    });
  }

  #options(side: number) {
    return { normalisation: this.normalisation, size: [side, side] as const, antialias: this.#antialias };
  }

  /**
   * Views of images, made on the device.
   * @param params rows [V N, AUGMENT_COLUMNS], first those of view 1 of all images, then of view 2, and so on
   * @param side of the views in pixels; that of the network's input by default
   * @returns V views [N, side, side, 3]
   */
  augment(pictures: DevicePictures, params: tf.Tensor2D, augment: AugmentConfig, side = this.side): tf.Tensor4D[] {
    return tf.tidy(() => {
      const all = augmentBatch(pictures, params, { ...this.#options(side), blur: augment.blur.enabled });
      return tf.split(all, params.shape[0] / pictures.places.shape[0], 0) as tf.Tensor4D[];
    });
  }

  /** Two views of each image, augmented on the device: x1, x2 [N, side, side, 3]. */
  views(indices: Uint32Array, augment: AugmentConfig, random: Random): [x1: tf.Tensor4D, x2: tf.Tensor4D] {
    const { heights, widths } = this.dataset;
    const shapes = { heights: indices.map((i) => heights[i]), widths: indices.map((i) => widths[i]) };
    const count = indices.length;
    const drawn = drawAugmentParams(augment, 2 * count, this.side, random, shapes);
    return tf.tidy(() => {
      const parts = this.#partsOf(indices).map(([start, end]) => {
        const rows = [0, count].flatMap((view) =>
          Array.from(drawn.subarray((view + start) * AUGMENT_COLUMNS, (view + end) * AUGMENT_COLUMNS)),
        );
        const params = tf.tensor2d(rows, [2 * (end - start), AUGMENT_COLUMNS]);
        return this.augment(this.#uploaded(this.read(indices.subarray(start, end))), params, augment);
      });
      const joined = (view: 0 | 1) =>
        parts.length === 1 ? parts[0][view] : tf.concat(parts.map((part) => part[view]));
      return [joined(0), joined(1)];
    });
  }
}

/** The most pixels that the images of a batch may have, where it holds no image twice. */
export function mostPixels({ widths, heights }: KeptShapes, batchSize: number): number {
  const areas = Float64Array.from(widths, (width, i) => width * heights[i]).sort();
  return areas.subarray(-batchSize).reduce((sum, area) => sum + area, 0);
}

function largestOf({ heights, widths }: PictureShapes): readonly [height: number, width: number] {
  const largest = (lengths: ArrayLike<number>) => Array.from(lengths).reduce((a, b) => Math.max(a, b), 1);
  return [largest(heights), largest(widths)];
}
