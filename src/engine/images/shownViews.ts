import * as tf from '@tensorflow/tfjs';
import type { ViewsSnapshot } from '../../domain/measurement';
import { viewsToRgba } from '../augment/viewsToRgba';
import type { ImageSource } from './imageSource';
import { withPixels } from './pictureCache';
import { thumbnailOf } from './thumbnail';

const EVERY_MS = 500;

/** Reads back the first image of a batch with its two views, at most every 500 ms, for the page to show. Training does not wait for it. */
export class ShownViews {
  readonly #source: ImageSource;
  readonly #report: (snapshot: ViewsSnapshot) => void;
  #last = Number.NEGATIVE_INFINITY;
  #underWay: Promise<void> = Promise.resolve();

  constructor(source: ImageSource, report: (snapshot: ViewsSnapshot) => void) {
    this.#source = source;
    this.#report = report;
  }

  /**
   * @param indices the batch, as indices of the data set
   * @param views the views of the batch, valid until the next step
   */
  after(
    step: number,
    indices: Uint32Array,
    views: { readonly x1: tf.Tensor4D; readonly x2: tf.Tensor4D } | null,
  ): void {
    const now = tf.util.now();
    if (views === null || now - this.#last < EVERY_MS) return;
    this.#last = now;
    // If the device is lost, reading the metrics of the step reports it.
    this.#underWay = this.#read(step, indices[0], views).catch(() => undefined);
  }

  /** Waits for the read that is under way. */
  flush(): Promise<void> {
    return this.#underWay;
  }

  async #read(step: number, index: number, { x1, x2 }: { x1: tf.Tensor4D; x2: tf.Tensor4D }): Promise<void> {
    const { normalisation, dataset, side: size } = this.#source;
    const read = async (all: tf.Tensor4D) => {
      const first = tf.slice(all, 0, 1);
      try {
        return await viewsToRgba(first, normalisation);
      } finally {
        first.dispose();
      }
    };
    const [first, second] = await Promise.all([read(x1), read(x2)]);
    const image = await withPixels(dataset, [index], () => thumbnailOf(dataset, index));
    this.#report({ step, size, index, image, x1: first, x2: second });
  }
}
