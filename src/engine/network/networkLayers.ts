import type { Layer } from '../../domain/backbones/layer';
import { BACKBONES } from '../../domain/backbones/registry';
import type { RunConfig } from '../../domain/runConfig';
import { type PredictorSizes, predictorLayers } from './heads/predictorLayers';
import { type ProjectorSizes, projectorLayers } from './heads/projectorLayers';

/** A backbone for images of one size. */
export interface Backbone {
  /** Side of the images in pixels. */
  readonly imageSize: number;
  readonly featureDim: number;
  /** Images [N, imageSize, imageSize, 3] -> features [N, featureDim]. */
  readonly layers: readonly Layer[];
}

/** The networks that every method has, as layers: encoder f (backbone, then projector) and predictor h. */
export interface NetworkLayers {
  readonly backbone: Backbone;
  /** Features [N, featureDim] -> z [N, outputDim]. */
  readonly projector: readonly Layer[];
  /** z [N, outputDim] -> p [N, outputDim]; present even in a run without a predictor, since it can be switched on in flight. */
  readonly predictor: readonly Layer[];
  readonly outputDim: number;
}

/** The backbone that a run's settings name. */
export function backboneOf(config: RunConfig): Backbone {
  const { imageSize, backbone } = config;
  const { featureDim, layers } = BACKBONES[backbone];
  return { imageSize, featureDim, layers: layers(imageSize, config) };
}

/** A backbone with heads of these sizes. */
export function networkLayers(backbone: Backbone, heads: ProjectorSizes & PredictorSizes): NetworkLayers {
  return {
    backbone,
    projector: projectorLayers(backbone.featureDim, heads),
    predictor: predictorLayers(heads),
    outputDim: heads.outputDim,
  };
}

/** The networks that a run's settings name. */
export function networkLayersOf(config: RunConfig): NetworkLayers {
  return networkLayers(backboneOf(config), config);
}
