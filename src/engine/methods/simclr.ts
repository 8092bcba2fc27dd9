import * as tf from '@tensorflow/tfjs';
import { ntXent } from '../losses/ntXent';
import type { Pair } from '../network/nn/bothViews';
import { stopGradient } from '../network/nn/stopGradient';
import type { MethodImplementation } from './methodImplementation';
import { Siamese, type SiameseLoss, siamesePasses } from './siamese';

/** All of view 1, then all of view 2 [2N, d]. */
function together({ first, second, both }: Pair<tf.Tensor2D>): tf.Tensor2D {
  return both ?? tf.concat([first, second], 0);
}

/**
 * Compares the views of one image with all other views of the batch; with the predictor and stop-gradient of Sec. 6.2 if the settings ask
 * for them.
 */
const loss: SiameseLoss = (z, p, live) => {
  const keys = together(z);
  const anchors = live.predictor === 'none' ? keys : together(p);
  return ntXent(anchors, live.stopGradient ? stopGradient(keys) : keys, live.temperature);
};

/** SimCLR (arXiv 2002.05709). */
export const simclr: MethodImplementation = {
  passes: siamesePasses,
  create: (network, { viewsTogether }) => new Siamese(network, loss, viewsTogether),
};
