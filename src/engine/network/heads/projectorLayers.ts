import type { Layer } from '../../../domain/backbones/layer';
import type { HeadBatchNorm } from '../../../domain/methods/options';
import type { RunConfig } from '../../../domain/runConfig';
import { type MlpLayer, mlp } from './mlp';

const OUTPUT_BATCH_NORM: Record<HeadBatchNorm, MlpLayer['batchNorm']> = {
  none: 'none',
  hidden: 'none',
  output: 'plain',
  outputAffine: 'affine',
  all: 'affine',
};

export type ProjectorSizes = Pick<RunConfig, 'projectorLayers' | 'projectorHidden' | 'outputDim' | 'headBatchNorm'>;

/**
 * Projection MLP (Sec. 3, "Baseline settings"), `projector.*`: `projectorLayers` linear layers, BN + ReLU on the hidden ones, BN without
 * ReLU on the output as `headBatchNorm` says (Table 3). Features [N, featureDim] -> z [N, d].
 */
export function projectorLayers(
  featureDim: number,
  { projectorLayers: count, projectorHidden, outputDim, headBatchNorm }: ProjectorSizes,
): Layer[] {
  const hidden: MlpLayer = {
    out: projectorHidden,
    batchNorm: headBatchNorm === 'none' ? 'none' : 'affine',
    relu: true,
  };
  const output: MlpLayer = { out: outputDim, batchNorm: OUTPUT_BATCH_NORM[headBatchNorm], relu: false };
  return mlp('projector', featureDim, [...Array<MlpLayer>(count - 1).fill(hidden), output]);
}
