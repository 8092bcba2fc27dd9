import type { RunConfig } from '../spec/runConfig';
import { backboneShape } from './backbones/shapes';

/** Multiply-adds of one image's forward pass through the convolutions, the first one apart: it needs no gradient of its input. */
function backboneMacs(config: RunConfig): { stem: number; rest: number; features: number } {
  const { widths, blocks, strides, stemStride } = backboneShape(config);
  let side = Math.ceil(config.imageSize / stemStride);
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

function headMacs(config: RunConfig, features: number): number {
  const { projectorLayers, projectorHidden, outputDim, predictorHidden } = config;
  const projector =
    features * projectorHidden + (projectorLayers - 2) * projectorHidden ** 2 + projectorHidden * outputDim;
  return projector + (config.predictor === 'none' ? 0 : 2 * outputDim * predictorHidden);
}

/**
 * GFLOP (multiply and add counted apart) of one training step: two views of each image, the backward pass at twice the forward's cost,
 * convolutions and linear layers only.
 */
export function gflopPerStep(config: RunConfig): number {
  const { stem, rest, features } = backboneMacs(config);
  const macs = 2 * stem + 3 * (rest + headMacs(config, features));
  return (2 * config.batchSize * macs * 2) / 1e9;
}
