import type * as tf from '@tensorflow/tfjs';
import type { AugmentConfig } from '../../domain/runConfig';
import { drawAugmentParams } from '../augment/drawAugment';
import type { ImageSource } from '../images/imageSource';
import { AUGMENT_COLUMNS } from '../kernels/augment/params';
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
  readonly #pixels: StagedTensor<tf.Rank.R3>;
  readonly #full: StagedTensor<tf.Rank.R2>;
  readonly #small: StagedTensor<tf.Rank.R2>;

  constructor(source: ImageSource, augment: AugmentConfig, size: number, more: MoreViews) {
    this.#source = source;
    this.#augment = augment;
    this.#size = size;
    this.#more = more;
    const { size: side } = source.dataset;
    this.#pixels = new StagedTensor([size, side, side], 'int32');
    this.#full = new StagedTensor([(2 + more.full) * size, AUGMENT_COLUMNS], 'float32');
    this.#small = new StagedTensor([(more.small?.count ?? 0) * size, AUGMENT_COLUMNS], 'float32');
  }

  /** Uploads these images of the data set, and draws their augmentations; returns the device work that makes the views. */
  stage(images: ArrayLike<number>, random: Random): () => Views {
    const source = this.#source;
    const augment = this.#augment;
    const { full, small } = this.#more;
    const side = source.dataset.size;
    const pixels = this.#pixels.write(source.pack(images));
    const params = this.#full.write(drawAugmentParams(augment, (2 + full) * this.#size, side, random));
    let smallParams: tf.Tensor2D | null = null;
    if (small !== null) {
      const { scaleMin, scaleMax } = small;
      const closer = { ...augment, crop: { ...augment.crop, enabled: true, scaleMin, scaleMax } };
      smallParams = this.#small.write(drawAugmentParams(closer, small.count * this.#size, side, random));
    }
    return () => {
      const [x1, x2, ...moreViews] = source.augment(pixels, params, augment);
      const smallViews =
        small === null || smallParams === null ? [] : source.augment(pixels, smallParams, augment, small.side);
      return { x1, x2, moreViews, smallViews };
    };
  }

  dispose(): void {
    for (const staged of [this.#pixels, this.#full, this.#small]) staged.dispose();
  }
}
