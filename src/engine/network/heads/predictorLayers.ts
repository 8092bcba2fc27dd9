import type { HeadBatchNorm } from '../../../domain/methods/options';
import type { HeadLayer } from './mlpHead';

/**
 * Prediction MLP (Sec. 3): two layers with a bottleneck (d/4 in the paper), BN + ReLU on the hidden one; the output has a bias and no
 * BN, unless Table 3's unstable row (d) asks for one.
 */
export function predictorLayers(config: {
  readonly hidden: number;
  readonly outputDim: number;
  readonly headBatchNorm: HeadBatchNorm;
}): HeadLayer[] {
  return [
    { out: config.hidden, batchNorm: config.headBatchNorm === 'none' ? 'none' : 'affine', relu: true },
    { out: config.outputDim, batchNorm: config.headBatchNorm === 'all' ? 'affine' : 'none', relu: false },
  ];
}
