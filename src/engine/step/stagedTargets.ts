import type * as tf from '@tensorflow/tfjs';
import { type DatasetInfo, NO_LABEL } from '../../domain/imageDataset';
import type { ProbeTargets } from '../monitors/onlineProbe';
import { StagedTensor } from './stagedTensor';

/** The labels of a batch on the device, for the linear probe; both views of an image have its label. */
export class StagedTargets {
  readonly #labels: Int16Array | null;
  readonly #classCount: number;
  readonly #classes: StagedTensor<tf.Rank.R2>;
  readonly #weights: StagedTensor<tf.Rank.R2>;

  constructor({ labels, classNames }: Pick<DatasetInfo, 'labels' | 'classNames'>, batchSize: number) {
    this.#labels = labels;
    this.#classCount = classNames.length;
    this.#classes = new StagedTensor([2 * batchSize, classNames.length], 'float32');
    this.#weights = new StagedTensor([2 * batchSize, classNames.length], 'float32');
  }

  /** Uploads the labels of these images of the data set. The tensors are overwritten by the next call. */
  stage(images: Uint32Array): ProbeTargets {
    const labels = Array.from(images, (image) => this.#labels?.[image] ?? NO_LABEL);
    const share = 1 / Math.max(1, 2 * labels.filter((label) => label !== NO_LABEL).length);
    const classes = new Float32Array(2 * images.length * this.#classCount);
    const weights = new Float32Array(classes.length);
    [...labels, ...labels].forEach((label, row) => {
      if (label === NO_LABEL) return;
      classes[row * this.#classCount + label] = share;
      weights.fill(share, row * this.#classCount, (row + 1) * this.#classCount);
    });
    return { classes: this.#classes.write(classes), weights: this.#weights.write(weights) };
  }

  dispose(): void {
    this.#classes.dispose();
    this.#weights.dispose();
  }
}
