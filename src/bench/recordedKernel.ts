import * as tf from '@tensorflow/tfjs';
import { preferPlainTwins } from '../engine/kernels/runtime/program';
import { record } from '../engine/step/capture/record';
import type { Recording } from '../engine/step/capture/recording';
import type { Contender } from './contender';
import { queueDone } from './queueDone';

/** A single kernel, recorded, since the JavaScript of a small kernel takes longer than the kernel itself. */
export class RecordedKernel implements Contender {
  readonly #recording: Recording<{ result: tf.Tensor }>;

  /**
   * @param run may leave intermediates behind
   * @param options `stock` takes tfjs's own kernels instead of ours; a step is `repeats` runs, one after the other
   */
  constructor(run: () => tf.Tensor, { stock = false, repeats = 1 }: { stock?: boolean; repeats?: number } = {}) {
    preferPlainTwins(stock);
    try {
      this.#recording = record(() => {
        for (let n = 1; n < repeats; n++) tf.tidy(run).dispose();
        return { result: tf.tidy(run) };
      });
    } finally {
      preferPlainTwins(false);
    }
  }

  step(): void {
    this.#recording.replay();
  }

  finish(): Promise<void> {
    return queueDone();
  }

  dispose(): void {
    this.#recording.dispose();
  }
}
