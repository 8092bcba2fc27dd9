import type { Layer } from '../../domain/backbones/layer';
import { type ConvGeometry, convGeometry, type Shape4D, yShapeOf } from '../kernels/conv2d/geometry';
import type { NetworkLayers } from './networkLayers';

interface Walked {
  readonly geometries: readonly ConvGeometry[];
  readonly out: Shape4D;
}

/**
 * Convolutions and linear layers in the order of the list, with their sizes for an input of shape x; a linear layer is a 1 x 1 convolution
 * with one pixel per row.
 * @throws Error when a layer does not fit the one before it
 */
export function walkLayers(layers: readonly Layer[], x: Shape4D): Walked {
  const geometries: ConvGeometry[] = [];
  let out = x;
  for (const layer of layers) {
    const walked = walkLayer(layer, out);
    geometries.push(...walked.geometries);
    out = walked.out;
  }
  return { geometries, out };
}

function walkLayer(layer: Layer, x: Shape4D): Walked {
  switch (layer.kind) {
    case 'conv':
      return product(x, layer.kernel, layer);
    case 'linear':
      return product(x, 1, { ...layer, stride: 1 });
    case 'batchNorm':
      if (layer.channels !== x[3])
        throw new Error(`${layer.name} is for ${layer.channels} channels, but its input has ${x[3]}`);
      return { geometries: [], out: x };
    case 'relu':
      return { geometries: [], out: x };
    case 'residual': {
      const body = walkLayers(layer.body, x);
      const shortcut = walkLayers(layer.shortcut, x);
      if (body.out.join() !== shortcut.out.join()) {
        throw new Error(
          `a residual adds [${shortcut.out}] to [${body.out}]: its shortcut and its body must have the same output shape`,
        );
      }
      return { geometries: [...body.geometries, ...shortcut.geometries], out: body.out };
    }
    case 'maxPool':
      return { geometries: [], out: [x[0], Math.ceil(x[1] / 2), Math.ceil(x[2] / 2), x[3]] };
    case 'globalAveragePool':
      return { geometries: [], out: [x[0], 1, 1, x[3]] };
    default:
      return layer satisfies never;
  }
}

function product(
  x: Shape4D,
  kernel: number,
  layer: { readonly in: number; readonly out: number; readonly stride: number },
): Walked {
  const geometry = convGeometry(x, [kernel, kernel, layer.in, layer.out], layer.stride, (kernel - 1) / 2);
  return { geometries: [geometry], out: yShapeOf(geometry) };
}

/** Bytes of the largest f32 activation of encoder and predictor per image. A step's batch counts twice, for its two views. */
export function activationBytesPerImage({ backbone, projector, predictor }: NetworkLayers): number {
  const { imageSize, layers } = backbone;
  const all = [...layers, ...projector, ...predictor];
  const elements = walkLayers(all, [1, imageSize, imageSize, 3]).geometries.flatMap((g) => [
    g.inHeight * g.inWidth * g.inChannels,
    g.outHeight * g.outWidth * g.outChannels,
  ]);
  return 4 * Math.max(...elements);
}
