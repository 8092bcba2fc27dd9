import type { RunConfig } from '../../domain/runConfig';
import { convGeometry, type Shape4D } from '../kernels/conv2d/geometry';
import { CONV_PASSES } from '../kernels/conv2d/variants';
import type { ConvUse } from '../kernels/tuning/tuneConvolutions';
import { backboneShape } from './backbones/shapes';
import { predictorLayers } from './heads/predictorLayers';
import { projectorLayers } from './heads/projectorLayers';

/**
 * The convolutions and linear layers of a training step, for `tuneConvolutions`: backbone, projector and predictor, with both views in one
 * batch (`pairOf`).
 */
export function networkConvolutions(config: RunConfig): ConvUse[] {
  const { widths, blocks, strides, stemStride } = backboneShape(config);
  const uses: ConvUse[] = [];
  let x: Shape4D = [2 * config.batchSize, config.imageSize, config.imageSize, 3];
  const add = (input: Shape4D, out: number, kernel: number, stride: number): Shape4D => {
    const geometry = convGeometry(input, [kernel, kernel, input[3], out], stride, (kernel - 1) / 2);
    // The images themselves need no gradient.
    const passes = uses.length === 0 ? CONV_PASSES.filter((pass) => pass !== 'inputGradient') : CONV_PASSES;
    uses.push({ geometry, passes });
    return [geometry.batch, geometry.outHeight, geometry.outWidth, out];
  };
  x = add(x, widths[0], 3, stemStride);
  widths.forEach((out, stage) => {
    for (let block = 0; block < blocks[stage]; block++) {
      const stride = block === 0 ? strides[stage] : 1;
      if (stride !== 1 || x[3] !== out) add(x, out, 1, stride);
      x = add(add(x, out, 3, stride), out, 3, 1);
    }
  });
  let row: Shape4D = [2 * config.batchSize, 1, 1, x[3]];
  const projector = projectorLayers({
    layers: config.projectorLayers,
    hidden: config.projectorHidden,
    outputDim: config.outputDim,
    headBatchNorm: config.headBatchNorm,
  });
  const predictor =
    config.predictor === 'none'
      ? []
      : predictorLayers({
          hidden: config.predictorHidden,
          outputDim: config.outputDim,
          headBatchNorm: config.headBatchNorm,
        });
  for (const { out } of projector) row = add(row, out, 1, 1);
  if (config.symmetrization !== 'symmetric') row = [config.batchSize, 1, 1, row[3]];
  for (const { out } of predictor) row = add(row, out, 1, 1);
  return uses;
}

/** Bytes of the largest activation, f32, for each image that goes through the network: a step's batch counts twice, for its views. */
export function activationBytesPerImage(config: RunConfig): number {
  const elements = networkConvolutions({ ...config, batchSize: 1 }).flatMap(({ geometry: g }) => [
    g.inHeight * g.inWidth * g.inChannels,
    g.outHeight * g.outWidth * g.outChannels,
  ]);
  return 4 * Math.max(...elements);
}
