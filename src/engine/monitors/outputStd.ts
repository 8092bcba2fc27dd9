import type * as tf from '@tensorflow/tfjs';
import type { FeatureRows } from '../../domain/features';
import { meanStdOfDirections } from '../kernels/outputStd';
import { checkRows, normaliseRows } from './featureRows';

/**
 * Per-channel standard deviation of the l2-normalised rows z/|z|_2 (Sec. 4.1, Fig. 2 middle).
 * `ddof` 0 divides by n (biased), 1 by n - 1 (unbiased).
 * @returns d values; NaN where there are not more than `ddof` rows.
 */
export function perChannelStd(z: FeatureRows, ddof: 0 | 1 = 0): Float64Array {
  checkRows(z, 'z');
  const { n, d } = z;
  const rows = normaliseRows(z);
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let c = 0; c < d; c++) mean[c] += rows[i * d + c];
  for (let c = 0; c < d; c++) mean[c] /= n;
  const squares = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < d; c++) {
      const deviation = rows[i * d + c] - mean[c];
      squares[c] += deviation * deviation;
    }
  }
  return n > ddof ? squares.map((sum) => Math.sqrt(sum / (n - ddof))) : squares.fill(Number.NaN);
}

/**
 * The std of Fig. 2: per-channel std of z/|z|_2, averaged over the channels. About 1/sqrt(d) for outputs spread evenly over the
 * unit sphere, 0 for outputs collapsed to one constant (or to one direction). `ddof` as in `perChannelStd`.
 */
export function outputStd(z: FeatureRows, ddof: 0 | 1 = 0): number {
  return perChannelStd(z, ddof).reduce((sum, std) => sum + std, 0) / z.d;
}

/**
 * `outputStd` (biased) of `z` [n, d] as a scalar that stays on the device, so that a training step need not wait for it.
 * Call it outside the function that is differentiated, else its operations are recorded on the gradient tape.
 */
export function outputStdTensor(z: tf.Tensor2D): tf.Scalar {
  return meanStdOfDirections(z);
}

/** max(0, 1 - sqrt(d) x std): 0 when outputs are spread evenly over the sphere, 1 when they are one constant. */
export function collapseLevel(std: number, d: number): number {
  // Math.max passes NaN on: a std that could not be measured gives no collapse level either.
  return Math.max(0, 1 - Math.sqrt(d) * std);
}
