import type { RunConfig } from '../../domain/runConfig';
import type { NetworkLayers } from '../network/networkLayers';
import type { Pass } from '../network/pass';

/** The number of images or rows and of views, and the number of views with a gradient. */
type Extent = Pick<Pass, 'rows' | 'views' | 'gradientViews'>;

/** The pass through the encoder f; `side` is that of the images in pixels. */
export function encoderPass({ backbone, projector }: NetworkLayers, extent: Extent, side = backbone.imageSize): Pass {
  const layers = [...backbone.layers, ...projector];
  return { layers, input: [side, side, 3], fromImages: true, trained: true, ...extent };
}

/** The backbone's part of `encoderPass`. */
export function backbonePass({ backbone }: NetworkLayers, extent: Extent, side = backbone.imageSize): Pass {
  return { layers: backbone.layers, input: [side, side, 3], fromImages: true, trained: true, ...extent };
}

/** The projector's part of `encoderPass`. */
export function projectorPass({ backbone, projector }: NetworkLayers, extent: Extent): Pass {
  return { layers: projector, input: [1, 1, backbone.featureDim], fromImages: false, trained: true, ...extent };
}

/** The pass through the predictor h; empty where there is no predictor. */
export function predictorPasses(
  { predictor: layers, outputDim }: NetworkLayers,
  { predictor }: Pick<RunConfig, 'predictor'>,
  extent: Extent,
): Pass[] {
  if (predictor === 'none') return [];
  return [{ layers, input: [1, 1, outputDim], fromImages: false, trained: predictor === 'trained', ...extent }];
}
