import type { ConvGeometry } from '../kernels/conv2d/geometry';
import { geometriesOf, type Pass } from './pass';

function multiplyAddsOf(g: ConvGeometry): number {
  return g.batch * g.outHeight * g.outWidth * g.kernelHeight * g.kernelWidth * g.inChannels * g.outChannels;
}

function multiplyAddsOfPass(pass: Pass, pairsInOneBatch: boolean): number {
  const { rows, views, gradientViews, trained, fromImages } = pass;
  // A batch of both views has one backward pass, in which the gradient of a view without one is zero.
  const backwardViews = gradientViews > 0 && pairsInOneBatch ? views : gradientViews;
  let sum = 0;
  geometriesOf(pass, rows).forEach((geometry, i) => {
    const gradients = (i === 0 && fromImages ? 0 : 1) + (trained ? 1 : 0);
    sum += multiplyAddsOf(geometry) * (views + backwardViews * gradients);
  });
  return sum;
}

/**
 * GFLOP (multiply and add counted apart) of a training step that makes these passes: convolutions and linear layers only. The gradient of
 * a layer's input costs as much as its forward pass, and that of its weights as much again.
 * @param pairsInOneBatch `pairsLieInOneBatch` of the engine
 */
export function gflopOf(passes: readonly Pass[], pairsInOneBatch: boolean): number {
  return (2 * passes.reduce((sum, pass) => sum + multiplyAddsOfPass(pass, pairsInOneBatch), 0)) / 1e9;
}
