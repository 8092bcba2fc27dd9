import type { HeadBatchNorm } from '../../../domain/methods/options';
import type { HeadLayer } from './mlpHead';

const OUTPUT_BATCH_NORM: Record<HeadBatchNorm, HeadLayer['batchNorm']> = {
  none: 'none',
  hidden: 'none',
  output: 'plain',
  outputAffine: 'affine',
  all: 'affine',
};

/**
 * Projection MLP (Sec. 3, "Baseline settings"): `layers` linear layers, BN + ReLU on the hidden ones, BN without ReLU on the output
 * as `headBatchNorm` says (Table 3).
 */
export function projectorLayers(config: {
  readonly layers: number;
  readonly hidden: number;
  readonly outputDim: number;
  readonly headBatchNorm: HeadBatchNorm;
}): HeadLayer[] {
  const hidden: HeadLayer = {
    out: config.hidden,
    batchNorm: config.headBatchNorm === 'none' ? 'none' : 'affine',
    relu: true,
  };
  const output: HeadLayer = { out: config.outputDim, batchNorm: OUTPUT_BATCH_NORM[config.headBatchNorm], relu: false };
  return [...Array<HeadLayer>(config.layers - 1).fill(hidden), output];
}
