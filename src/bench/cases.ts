import { presetConfig } from '../domain/presets';
import type { RunConfig } from '../domain/runConfig';
import { SimSiam } from '../engine/methods/simsiam';
import type { ResNetShape } from '../engine/network/backbones/resnet';
import { backboneShape } from '../engine/network/backbones/shapes';
import { gflopOfStep } from '../engine/network/cost';
import { seededRandom } from '../engine/random';
import type { Views } from './networkStep';

/** A network and a batch, for timing: what a `RunConfig` says, in any width and image size. */
export interface NetworkCase {
  readonly name: string;
  readonly config: RunConfig;
  readonly shape: ResNetShape;
  /** Side in pixels. */
  readonly imageSize: number;
  readonly batch: number;
}

/** The step that all engines are compared on: 32 x 32 pixels, two views of 32 images, widths 16/32/64, MLPs of width 256. */
export const REFERENCE: RunConfig = {
  ...presetConfig('small'),
  stemStride: 1,
  zeroInitResidual: false,
  headBatchNorm: 'output',
  projectorLayers: 2,
  batchSize: 32,
  totalSteps: 1000,
};

export function networkCase(name: string, config: RunConfig, changes: Partial<NetworkCase> = {}): NetworkCase {
  return {
    name,
    config,
    shape: backboneShape(config),
    imageSize: config.imageSize,
    batch: config.batchSize,
    ...changes,
  };
}

/** The settings of a run on this case, which must be of the shape and image size that its settings name. */
export function configOf({ config, batch }: NetworkCase): RunConfig {
  return { ...config, batchSize: batch };
}

export function gflopOfCase({ shape, config, imageSize, batch }: NetworkCase): number {
  return gflopOfStep(shape, config, imageSize, batch);
}

export function describeCase({ config, shape, imageSize, batch }: NetworkCase): string {
  const { projectorLayers, projectorHidden, outputDim, predictorHidden } = config;
  return [
    `batch ${batch} x 2`,
    `${imageSize} px`,
    `widths ${shape.widths.join('/')}`,
    `blocks ${shape.blocks.join('/')}`,
    `stem stride ${shape.stemStride}`,
    `projector ${projectorLayers} x ${projectorHidden} to ${outputDim}`,
    `predictor ${predictorHidden}`,
  ].join(', ');
}

/** The case's networks, freshly initialised: the same weights every time. */
export function simSiamOf({ shape, config }: NetworkCase): SimSiam {
  return new SimSiam(shape, config, { count: config.batchSize });
}

/** Two views of noise, about as spread as normalised images are. */
export function viewsOf({ batch, imageSize }: NetworkCase): Views {
  const shape: Views['shape'] = [batch, imageSize, imageSize, 3];
  const count = batch * imageSize * imageSize * 3;
  const values = (name: string) => {
    const random = seededRandom(0, 'views', name);
    return Float32Array.from({ length: count }, () => random.uniform(-1.7, 1.7));
  };
  return { shape, x1: values('x1'), x2: values('x2') };
}
