import type { RunConfig } from '../../domain/runConfig';
import type { NetworkLayers } from '../network/networkLayers';
import type { Pass } from '../network/pass';

/** How many images or rows go through, and from how many of them a gradient comes back. */
type Extent = Pick<Pass, 'rows' | 'views' | 'gradientViews'>;

/** Through the encoder f; of the images' own size where no other side, in pixels, is given. */
export function encoderPass({ backbone, projector }: NetworkLayers, extent: Extent, side = backbone.imageSize): Pass {
  return {
    layers: [...backbone.layers, ...projector],
    input: [side, side, 3],
    fromImages: true,
    trained: true,
    ...extent,
  };
}

/** Through the predictor h: no pass where there is none. */
export function predictorPasses(
  { predictor: layers, outputDim }: NetworkLayers,
  { predictor }: Pick<RunConfig, 'predictor'>,
  extent: Extent,
): Pass[] {
  if (predictor === 'none') return [];
  return [{ layers, input: [1, 1, outputDim], fromImages: false, trained: predictor === 'trained', ...extent }];
}
