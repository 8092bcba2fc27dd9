import { CONV_PASSES, type ConvPass } from '../kernels/conv2d/variants';
import type { ConvUse } from '../kernels/tuning/tuneConvolutions';
import { geometriesOf, type Pass } from './pass';

/** The convolutions and linear layers of a training step on WebGPU, for `tuneConvolutions`: a pair of views is one batch there. */
export function tunedConvolutions(passes: readonly Pass[]): ConvUse[] {
  return passes.flatMap((pass) =>
    geometriesOf(pass, pass.views * pass.rows).map((geometry, i) => ({
      geometry,
      passes: convPassesOf(pass, i === 0),
    })),
  );
}

/** Includes the filter gradient of layers that are not trained, since a change in flight may start their training. */
function convPassesOf({ gradientViews, fromImages }: Pass, isFirst: boolean): readonly ConvPass[] {
  if (gradientViews === 0) return ['forward'];
  return isFirst && fromImages ? CONV_PASSES.filter((pass) => pass !== 'inputGradient') : CONV_PASSES;
}
