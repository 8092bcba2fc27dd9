import type { Layer } from '../../domain/backbones/layer';
import type { ConvGeometry, Shape4D } from '../kernels/conv2d/geometry';
import { walkLayers } from './convolutions';

/** One call of some layers in a training step, and how far back its gradient goes: the cost of a step is the sum of its passes. */
export interface Pass {
  readonly layers: readonly Layer[];
  /** What one image or row is as it goes in: [side, side, channels], or [1, 1, d]. */
  readonly input: readonly [height: number, width: number, channels: number];
  /** Whether the input is an image: no gradient is computed for it. */
  readonly fromImages: boolean;
  /** Images or rows of a view. */
  readonly rows: number;
  /** 2 where both views go through as a pair (`pairOf`): on WebGPU they lie in one batch. */
  readonly views: 1 | 2;
  /** From how many of the views a gradient comes back. */
  readonly gradientViews: 0 | 1 | 2;
  /** Whether the layers' parameters are trained: else a gradient that comes back only passes through. */
  readonly trained: boolean;
}

/** A pass's convolutions and linear layers on so many images or rows at once. */
export function geometriesOf({ layers, input }: Pass, batch: number): readonly ConvGeometry[] {
  const x: Shape4D = [batch, ...input];
  return walkLayers(layers, x).geometries;
}
