import type { Layer } from '../../../domain/backbones/layer';
import type { RunConfig } from '../../../domain/runConfig';
import { mlp } from './mlp';

export type PredictorSizes = Pick<RunConfig, 'predictorHidden' | 'outputDim' | 'headBatchNorm'>;

/**
 * Prediction MLP (Sec. 3), `predictor.*`: two layers with a bottleneck (d/4 in the paper), BN + ReLU on the hidden one; the output has a
 * bias and no BN, unless Table 3's unstable row (d) asks for one. z [N, d] -> p [N, d].
 */
export function predictorLayers({ predictorHidden, outputDim, headBatchNorm }: PredictorSizes): Layer[] {
  return mlp('predictor', outputDim, [
    { out: predictorHidden, batchNorm: headBatchNorm === 'none' ? 'none' : 'affine', relu: true },
    { out: outputDim, batchNorm: headBatchNorm === 'all' ? 'affine' : 'none', relu: false },
  ]);
}
