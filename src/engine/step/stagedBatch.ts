import * as tf from '@tensorflow/tfjs';
import { freeMemory } from '../../domain/freeMemory';
import type { AugmentConfig } from '../../domain/runConfig';
import { drawAugmentParams } from '../augment/drawAugment';
import { type ImageSource, mostPixels } from '../images/imageSource';
import { AUGMENT_COLUMNS, PLACE_COLUMNS } from '../kernels/augment/params';
import type { MoreViews } from '../methods/method';
import type { StepInputs } from '../methods/stepInputs';
import type { Random } from '../random';
import { StagedTensor } from './stagedTensor';

export type Views = Pick<StepInputs, 'x1' | 'x2' | 'moreViews' | 'smallViews'>;

/** The inputs of one batch on the device: its pixels and the augmentations drawn for its views, in tensors that each batch overwrites. */
export class StagedBatch {
  readonly #source: ImageSource;
  readonly #augment: AugmentConfig;
  readonly #size: number;
  readonly #more: MoreViews;
  readonly #pixels: StagedTensor<tf.Rank.R1>;
  readonly #places: StagedTensor<tf.Rank.R2>;
  readonly #full: StagedTensor<tf.Rank.R2>;
  readonly #small: StagedTensor<tf.Rank.R2>;

  constructor(source: ImageSource, augment: AugmentConfig, size: number, more: MoreViews) {
    this.#source = source;
    this.#augment = augment;
    this.#size = size;
    this.#more = more;
    this.#pixels = new StagedTensor([mostPixels(source.dataset, size)], 'int32');
    this.#places = new StagedTensor([size, PLACE_COLUMNS], 'int32');
    this.#full = new StagedTensor([(2 + more.full) * size, AUGMENT_COLUMNS], 'float32');
    this.#small = new StagedTensor([(more.small?.count ?? 0) * size, AUGMENT_COLUMNS], 'float32');
  }

  /** Uploads these images of the data set, and draws their augmentations; returns the device work that makes the views. */
  stage(images: ArrayLike<number>, random: Random): () => Views {
    const source = this.#source;
    const augment = this.#augment;
    const { full, small } = this.#more;
    const packed = source.read(images);
    const pixels = this.#pixels.write(packed.pixels, [packed.pixels.length]);
    freeMemory([packed.pixels]);
    const places = this.#places.write(packed.places);
    const drawn = (config: AugmentConfig, views: number) =>
      drawAugmentParams(config, views * this.#size, source.side, random, packed);
    const params = this.#full.write(drawn(augment, 2 + full));
    let smallParams: tf.Tensor2D | null = null;
    if (small !== null) {
      const { scaleMin, scaleMax } = small;
      const closer = { ...augment, crop: { ...augment.crop, enabled: true, scaleMin, scaleMax } };
      smallParams = this.#small.write(drawn(closer, small.count));
    }
    return () =>
      tf.tidy(() => {
        const pictures = source.onDevice(packed, pixels, places);
        const [x1, x2, ...moreViews] = source.augment(pictures, params, augment);
        const smallViews =
          small === null || smallParams === null ? [] : source.augment(pictures, smallParams, augment, small.side);
        return { x1, x2, moreViews, smallViews };
      });
  }

  dispose(): void {
    for (const staged of [this.#pixels, this.#places, this.#full, this.#small]) staged.dispose();
  }
}
