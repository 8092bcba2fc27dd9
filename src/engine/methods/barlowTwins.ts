import * as tf from '@tensorflow/tfjs';
import { barlowTwins as barlowTwinsLoss } from '../losses/barlowTwins';
import { stopGradient } from '../network/nn/stopGradient';
import type { MethodImplementation } from './methodImplementation';
import { Siamese, type SiameseLoss, siamesePasses } from './siamese';

/** Drives the cross-correlation of the two views towards the identity; with a predictor and stop-gradient if the settings ask for them. */
const loss: SiameseLoss = (z, p, live) => {
  const towards = (prediction: tf.Tensor2D, target: tf.Tensor2D) =>
    barlowTwinsLoss(prediction, live.stopGradient ? stopGradient(target) : target, live.lambda);
  // Without predictor and stop-gradient, exchanging the views only transposes the matrix, and the loss is the same.
  const alike = live.predictor === 'none' && !live.stopGradient;
  if (alike) return towards(z.first, z.second);
  return tf.mul<tf.Scalar>(tf.add(towards(p.first, z.second), towards(p.second, z.first)), 0.5);
};

/** Barlow Twins (arXiv 2103.03230). */
export const barlowTwins: MethodImplementation = {
  passes: siamesePasses,
  // The official code encodes one view after the other.
  create: (network) => new Siamese(network, loss, false),
};
