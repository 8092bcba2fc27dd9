import { directBlocks, directFilterGradient } from '../../engine/kernels/wasmgen/convolution/directFilterGradient';
import { directForward, forwardPacking } from '../../engine/kernels/wasmgen/convolution/directForward';
import {
  directInputGradient,
  inputGradientPacking,
} from '../../engine/kernels/wasmgen/convolution/directInputGradient';
import {
  type ConvShape,
  inBytesOf,
  outBytesOf,
  outHeightOf,
  outWidthOf,
  weightsOf,
} from '../../engine/kernels/wasmgen/convolution/shape';
import type { Kernel, Variant } from '../../engine/kernels/wasmgen/kernel';
import { FLOAT } from '../../engine/kernels/wasmgen/lanes';
import { packedBytes } from '../../engine/kernels/wasmgen/panels';
import { winogradConvolution } from '../../engine/kernels/wasmgen/winograd/convolution';
import { winogradBlocks, winogradFilterGradient } from '../../engine/kernels/wasmgen/winograd/filterGradient';
import { winogradWeightBytes } from '../../engine/kernels/wasmgen/winograd/weights';

export type ConvPass = 'forward' | 'input gradient' | 'filter gradient';

/** One pass of a convolution by a generated kernel. */
export interface CpuKernelCase {
  readonly name: string;
  readonly pass: ConvPass;
  readonly shape: ConvShape;
  readonly kernel: Kernel;
  /** Bytes of each of the kernel's buffers. */
  readonly sizes: readonly number[];
  /** Floating-point operations of the direct algorithm; a multiply-add counts as two. */
  readonly flop: number;
}

/** Side, input and output channels, size of the kernel and stride: the reference step's convolutions of both views. */
const CONVOLUTIONS = [
  [32, 16, 16, 3, 1],
  [16, 32, 32, 3, 1],
  [8, 64, 64, 3, 1],
  [32, 16, 32, 3, 2],
  [16, 32, 64, 3, 2],
  [32, 16, 32, 1, 2],
  [16, 32, 64, 1, 2],
  [32, 3, 16, 3, 1],
] as const;

/** Both views of 32 images. */
const IMAGES = 64;

/** Winograd's tiles of 4 x 4 outputs. */
const TILE = 4;

type Made = readonly [pass: ConvPass, kernel: Kernel, sizes: readonly number[]];

/** Kernels that compute the convolution as it is written. */
function direct(shape: ConvShape, variant: Variant): Made[] {
  const [x, y, w] = [IMAGES * inBytesOf(shape), IMAGES * outBytesOf(shape), weightsOf(shape) * FLOAT];
  const backward = inputGradientPacking(shape).reduce((sum, set) => sum + packedBytes(set), 0);
  return [
    ['forward', directForward(shape, variant), [x, packedBytes(forwardPacking(shape)), y]],
    ['input gradient', directInputGradient(shape, variant), [y, backward, x]],
    ['filter gradient', directFilterGradient(shape, variant), [x, y, directBlocks(shape).count * w]],
  ];
}

/** F(4x4), for 3 x 3 taps at stride 1 with as many output as input channels: there forward pass and input gradient are one kernel. */
function winograd(shape: ConvShape, variant: Variant): Made[] {
  const [x, y, w] = [IMAGES * inBytesOf(shape), IMAGES * outBytesOf(shape), weightsOf(shape) * FLOAT];
  const weights = winogradWeightBytes(TILE, shape.inChannels, shape.outChannels);
  const partials = winogradBlocks(shape, TILE).count * w;
  return [
    ['forward', winogradConvolution(shape, TILE, variant), [x, weights, y]],
    ['filter gradient', winogradFilterGradient(shape, TILE, variant), [x, y, partials]],
  ];
}

/** The convolutions of the reference step, each direct and, where it is used, by F(4x4). */
export function cpuKernelCases(variant: Variant): CpuKernelCase[] {
  return CONVOLUTIONS.flatMap(([side, inChannels, outChannels, size, stride]) => {
    const shape: ConvShape = { images: IMAGES, height: side, width: side, inChannels, outChannels, size, stride };
    const flop = 2 * IMAGES * outHeightOf(shape) * outWidthOf(shape) * weightsOf(shape);
    const label = `${side} px, ${inChannels} to ${outChannels}, ${size} x ${size}${stride === 1 ? '' : `, stride ${stride}`}`;
    const named = (algorithm: string, made: Made[]) =>
      made.map(([pass, kernel, sizes]) => ({
        name: `${algorithm} ${pass}, ${label}`,
        pass,
        shape,
        kernel,
        sizes,
        flop,
      }));
    const hasWinograd = size === 3 && stride === 1 && inChannels === outChannels;
    // Images need no gradient.
    const passes = direct(shape, variant).filter(([pass]) => inChannels > 3 || pass !== 'input gradient');
    return [...named('direct', passes), ...(hasWinograd ? named('F(4x4)', winograd(shape, variant)) : [])];
  });
}
