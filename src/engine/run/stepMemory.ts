import type { Layer } from '../../domain/backbones/layer';
import { microBatchSize } from '../../domain/microBatch';
import type { RunConfig } from '../../domain/runConfig';
import { networkLayersOf } from '../network/networkLayers';

type Shape = readonly [height: number, width: number, channels: number];

const FLOAT = 4;
const VIEWS = 2;
/** Of each activation, with what the backward pass makes of it; measured on several networks (`test/gpu/stepMemory.test.ts`). */
const COPIES_OF_ACTIVATIONS = 2;
/** The weights, their velocity and gradients, and the copies of the last good weights and velocity. */
const COPIES_OF_WEIGHTS = 5;

/**
 * About how many bytes of memory a training step needs, apart from the images of the data set: what is kept of the forward pass for the
 * backward pass, and the weights with what belongs to them. An estimate, which is right to about a factor of 1.5.
 */
export function stepMemory(config: RunConfig): number {
  const { backbone, projector, predictor } = networkLayersOf(config);
  const { imageSize } = config;
  const layers = [...backbone.layers, ...projector, ...predictor];
  const perImage = imageSize ** 2 * 3 + activations(layers, [imageSize, imageSize, 3]).count;
  const rows = VIEWS * microBatchSize(config);
  const networks = config.method === 'byol' || config.momentumEncoder ? 2 : 1;
  return FLOAT * (COPIES_OF_ACTIVATIONS * rows * perImage + (COPIES_OF_WEIGHTS + networks - 1) * weightsIn(layers));
}

/** Numbers in the outputs of layers for one image. */
function activations(layers: readonly Layer[], input: Shape): { readonly count: number; readonly out: Shape } {
  let count = 0;
  let out = input;
  for (const layer of layers) {
    if (layer.kind === 'residual') {
      const body = activations(layer.body, out);
      count += body.count + activations(layer.shortcut, out).count;
      out = body.out;
    } else if (layer.kind !== 'relu') {
      out = shapeAfter(layer, out);
      count += out[0] * out[1] * out[2];
    }
  }
  return { count, out };
}

function shapeAfter(layer: Exclude<Layer, { kind: 'residual' | 'relu' }>, [height, width, channels]: Shape): Shape {
  switch (layer.kind) {
    case 'conv':
      return [Math.ceil(height / layer.stride), Math.ceil(width / layer.stride), layer.out];
    case 'linear':
      return [1, 1, layer.out];
    case 'maxPool':
      return [Math.ceil(height / 2), Math.ceil(width / 2), channels];
    case 'globalAveragePool':
      return [1, 1, channels];
    case 'batchNorm':
      return [height, width, channels];
    default:
      return layer satisfies never;
  }
}

function weightsIn(layers: readonly Layer[]): number {
  return layers.reduce((sum, layer) => {
    switch (layer.kind) {
      case 'conv':
        return sum + layer.kernel ** 2 * layer.in * layer.out;
      case 'linear':
        return sum + layer.in * layer.out;
      case 'residual':
        return sum + weightsIn(layer.body) + weightsIn(layer.shortcut);
      default:
        return sum;
    }
  }, 0);
}
