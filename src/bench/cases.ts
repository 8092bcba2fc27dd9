import type { Layer } from '../domain/backbones/layer';
import { presetConfig } from '../domain/presets';
import type { RunConfig } from '../domain/runConfig';
import type { Method } from '../engine/methods/method';
import { createMethod, passesOf } from '../engine/methods/registry';
import { gflopOf } from '../engine/network/cost';
import { type Backbone, backboneOf, type NetworkLayers, networkLayers } from '../engine/network/networkLayers';
import { seededRandom } from '../engine/random';
import type { Views } from './networkStep';

/** A network and a batch to time: as in a `RunConfig`, but of any width and image size. */
export interface NetworkCase {
  readonly name: string;
  readonly config: RunConfig;
  readonly backbone: Backbone;
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
    backbone: backboneOf(config),
    batch: config.batchSize,
    ...changes,
  };
}

/** The settings of a run on this case. The case must have the backbone and image size of its settings. */
export function configOf({ config, batch }: NetworkCase): RunConfig {
  return { ...config, batchSize: batch };
}

/** The case's networks as layers. */
export function layersOf({ backbone, config }: NetworkCase): NetworkLayers {
  return networkLayers(backbone, config);
}

/** GFLOP of a step on WebGPU. */
export function gflopOfCase(item: NetworkCase): number {
  return gflopOf(passesOf(configOf(item), layersOf(item)), true);
}

interface Stage {
  readonly width: number;
  readonly blocks: number;
}

/** Residual blocks of one width that follow each other. */
export function stagesOf(layers: readonly Layer[]): Stage[] {
  const stages: Stage[] = [];
  for (const layer of layers) {
    if (layer.kind !== 'residual') continue;
    const width = widthOf(layer.body);
    const last = stages.at(-1);
    if (last?.width === width) stages[stages.length - 1] = { width, blocks: last.blocks + 1 };
    else stages.push({ width, blocks: 1 });
  }
  return stages;
}

/** Output channels of these layers. */
function widthOf(layers: readonly Layer[]): number {
  return layers.reduce((width, layer) => (layer.kind === 'conv' ? layer.out : width), 0);
}

export function describeCase({ config, backbone, batch }: NetworkCase): string {
  const { stemStride, projectorLayers, projectorHidden, outputDim, predictorHidden } = config;
  const stages = stagesOf(backbone.layers);
  return [
    `batch ${batch} x 2`,
    `${backbone.imageSize} px`,
    `widths ${stages.map(({ width }) => width).join('/')}`,
    `blocks ${stages.map(({ blocks }) => blocks).join('/')}`,
    `stem stride ${stemStride}`,
    `projector ${projectorLayers} x ${projectorHidden} to ${outputDim}`,
    `predictor ${predictorHidden}`,
  ].join(', ');
}

/** The case's networks, freshly initialised: the same weights every time. */
export function methodOf(item: NetworkCase): Method {
  return createMethod(item.config, { count: item.config.batchSize }, layersOf(item));
}

/** Two views of noise, with about the spread of normalised images. */
export function viewsOf({ batch, backbone: { imageSize } }: NetworkCase): Views {
  const shape: Views['shape'] = [batch, imageSize, imageSize, 3];
  const count = batch * imageSize * imageSize * 3;
  const values = (name: string) => {
    const random = seededRandom(0, 'views', name);
    return Float32Array.from({ length: count }, () => random.uniform(-1.7, 1.7));
  };
  return { shape, x1: values('x1'), x2: values('x2') };
}
