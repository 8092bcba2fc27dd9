import type { RunConfig } from '../../domain/runConfig';
import type { ResNetShape } from './backbones/resnet';
import { backboneShape } from './backbones/shapes';

type HeadSizes = Pick<RunConfig, 'projectorLayers' | 'projectorHidden' | 'outputDim' | 'predictorHidden' | 'predictor'>;

/** Multiply-adds of one image's forward pass through the convolutions, the first one apart: it needs no gradient of its input. */
function backboneMacs(
  { widths, blocks, strides, stemStride }: ResNetShape,
  imageSize: number,
): { stem: number; rest: number; features: number } {
  let side = Math.ceil(imageSize / stemStride);
  const stem = side * side * 9 * 3 * widths[0];
  let rest = 0;
  let input = widths[0];
  widths.forEach((out, stage) => {
    for (let block = 0; block < blocks[stage]; block++) {
      const stride = block === 0 ? strides[stage] : 1;
      side = Math.ceil(side / stride);
      const shortcut = stride !== 1 || input !== out ? input * out : 0;
      rest += side * side * (9 * input * out + 9 * out * out + shortcut);
      input = out;
    }
  });
  return { stem, rest, features: input };
}

function headMacs(config: HeadSizes, features: number): number {
  const { projectorLayers, projectorHidden, outputDim, predictorHidden } = config;
  const projector =
    features * projectorHidden + (projectorLayers - 2) * projectorHidden ** 2 + projectorHidden * outputDim;
  return projector + (config.predictor === 'none' ? 0 : 2 * outputDim * predictorHidden);
}

/**
 * GFLOP (multiply and add counted apart) of one training step on `batch` images: two views of each, the backward pass at twice the
 * forward's cost, convolutions and linear layers only.
 */
export function gflopOfStep(shape: ResNetShape, heads: HeadSizes, imageSize: number, batch: number): number {
  const { stem, rest, features } = backboneMacs(shape, imageSize);
  const macs = 2 * stem + 3 * (rest + headMacs(heads, features));
  return (2 * batch * macs * 2) / 1e9;
}

/** `gflopOfStep` of a run. */
export function gflopPerStep(config: RunConfig): number {
  return gflopOfStep(backboneShape(config), config, config.imageSize, config.batchSize);
}
