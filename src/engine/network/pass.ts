import type { Layer } from '../../domain/backbones/layer';
import type { ConvGeometry, Shape4D } from '../kernels/conv2d/geometry';
import { walkLayers } from './convolutions';

/** One call of some layers in a training step, and how far back its gradient goes: the cost of a step is the sum of its passes. */
export interface Pass {
  readonly layers: readonly Layer[];
  /** The shape of one input image or row: [side, side, channels], or [1, 1, d]. */
  readonly input: readonly [height: number, width: number, channels: number];
  /** Whether the input is an image: no gradient is computed for it. */
  readonly fromImages: boolean;
  /** Images or rows of a view. */
  readonly rows: number;
  /** 2 where both views are computed as a pair (`pairOf`): on WebGPU they are one batch. */
  readonly views: 1 | 2;
  /** The number of views with a gradient. */
  readonly gradientViews: 0 | 1 | 2;
  /** Whether the layers' parameters are trained; if not, only the gradient of their input is computed. */
  readonly trained: boolean;
}

/** The convolutions and linear layers of a pass for a batch of this many images or rows. */
export function geometriesOf({ layers, input }: Pass, batch: number): readonly ConvGeometry[] {
  const x: Shape4D = [batch, ...input];
  return walkLayers(layers, x).geometries;
}
