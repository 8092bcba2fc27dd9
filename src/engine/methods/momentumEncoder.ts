import * as tf from '@tensorflow/tfjs';
import { movingAverage } from '../kernels/movingAverage';
import type { Follower } from '../kernels/parameterUpdates';
import type { Encoder } from '../network/encoder';
import type { Network } from '../network/network';
import type { Pair } from '../network/nn/bothViews';
import { withoutGradient } from '../network/nn/stopGradient';
import { SCALAR } from './stepInputs';

/**
 * BYOL's target network (Sec. 3.1): begins as a copy of the online encoder and follows it as a moving average of its weights. Its BN uses
 * the statistics of its own inputs; moving statistics are not averaged, and frozen weights stay the same in both. Remembered as `target.*`.
 */
export class MomentumEncoder {
  readonly #encoder: Encoder;
  readonly #followers: readonly Follower[];

  constructor({ parameters: online, encoderAgain }: Network) {
    const { parameters: own, encoder } = encoderAgain();
    this.#encoder = encoder;
    this.#followers = [...own.trainable].map(([name, target]) => ({ target, online: online.get(name) }));
    online.adopt('target.', own);
  }

  /** z' of images [N, H, W, 3] in training mode: a constant [N, d]. */
  encode(images: tf.Tensor4D): tf.Tensor2D {
    return withoutGradient(() => this.#encoder.encode(images, 'train'));
  }

  /** z' of both views, each with its own BN statistics. */
  encodePair(views: Pair<tf.Tensor4D>): readonly [z1: tf.Tensor2D, z2: tf.Tensor2D] {
    const z = withoutGradient(() => {
      const { first, second, both } = this.#encoder.encodePair(views);
      return both ?? tf.concat([first, second]);
    });
    return tf.split(z, 2) as [tf.Tensor2D, tf.Tensor2D];
  }

  /** target = tau target + (1 - tau) online. */
  follow(scalars: tf.Tensor1D): void {
    movingAverage(this.#followers, scalars, SCALAR.tau);
  }
}
