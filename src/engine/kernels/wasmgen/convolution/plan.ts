import type { Kernel, Variant } from '../kernel';
import { FLOAT } from '../lanes';
import { packedBytes, packPanels } from '../panels';
import { type Blocks, sumPartials } from '../partials';
import { winogradConvolution } from '../winograd/convolution';
import { winogradBlocks, winogradFilterGradient } from '../winograd/filterGradient';
import { packWinogradWeights, winogradWeightBytes } from '../winograd/weights';
import { algorithmFor } from './algorithm';
import { directBlocks, directFilterGradient } from './directFilterGradient';
import { directForward, forwardPacking } from './directForward';
import { directInputGradient, inputGradientPacking } from './directInputGradient';
import { type ConvShape, checkShape, weightsOf } from './shape';

/** A pass that reads the weights in its own order: `pack` (weights, panels) once, then `run` (input, panels, result). */
export interface WeightedPass {
  readonly pack: Kernel;
  readonly panelBytes: number;
  readonly run: Kernel;
}

/** A pass that sums over images: `run` (x, dy, partials), then `sum` (partials, dw). */
export interface SummingPass {
  readonly run: Kernel;
  readonly partialBytes: number;
  readonly sum: Kernel;
}

export interface ConvolutionPlan {
  readonly forward: WeightedPass;
  readonly inputGradient: WeightedPass;
  readonly filterGradient: SummingPass;
}

/**
 * The kernels of a convolution and its gradients, by the algorithm of `algorithmFor`.
 * @throws Error when sizes are not whole and positive, or the kernel's size is even
 */
export function planConvolution(shape: ConvShape, variant: Variant): ConvolutionPlan {
  checkShape(shape);
  const summing = (run: Kernel, { count }: Blocks): SummingPass => ({
    run,
    partialBytes: count * weightsOf(shape) * FLOAT,
    sum: sumPartials(count, weightsOf(shape)),
  });
  const algorithm = algorithmFor(shape);
  if (algorithm.kind === 'direct') {
    const forward = forwardPacking(shape);
    const backward = inputGradientPacking(shape);
    return {
      forward: {
        pack: packPanels([forward]),
        panelBytes: packedBytes(forward),
        run: directForward(shape, variant),
      },
      inputGradient: {
        pack: packPanels(backward),
        panelBytes: backward.reduce((sum, set) => sum + packedBytes(set), 0),
        run: directInputGradient(shape, variant),
      },
      filterGradient: summing(directFilterGradient(shape, variant), directBlocks(shape)),
    };
  }
  const { m } = algorithm;
  const { inChannels, outChannels } = shape;
  const pass = (of: 'forward' | 'inputGradient'): WeightedPass => {
    const [inputs, outputs] = of === 'forward' ? [inChannels, outChannels] : [outChannels, inChannels];
    return {
      pack: packWinogradWeights([inChannels, outChannels], m, of, variant),
      panelBytes: winogradWeightBytes(m, inputs, outputs),
      run: winogradConvolution({ ...shape, inChannels: inputs, outChannels: outputs }, m, variant),
    };
  };
  return {
    forward: pass('forward'),
    inputGradient: pass('inputGradient'),
    filterGradient: summing(winogradFilterGradient(shape, m, variant), winogradBlocks(shape, m)),
  };
}
