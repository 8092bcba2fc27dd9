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
import { type MaxPoolShape, maxPool, maxPoolGradient } from '../../engine/kernels/wasmgen/maxPool';
import { packedBytes } from '../../engine/kernels/wasmgen/panels';
import { winogradConvolution } from '../../engine/kernels/wasmgen/winograd/convolution';
import { winogradBlocks, winogradFilterGradient } from '../../engine/kernels/wasmgen/winograd/filterGradient';
import { winogradWeightBytes } from '../../engine/kernels/wasmgen/winograd/weights';
import { type ConvPass, convolutionOnTfjs, maxPoolOnTfjs, type TfjsRun } from './onTfjs';

/** A generated kernel. */
export interface CpuKernelCase {
  readonly name: string;
  readonly kernel: Kernel;
  /** Bytes of each of the kernel's buffers. */
  readonly sizes: readonly number[];
  /** Floating-point operations of the direct algorithm; a multiply-add counts as two, a comparison as one. */
  readonly flop: number;
  /** Prepares the same by tfjs's ops; null where its WASM backend lacks one. */
  readonly onTfjs: (() => TfjsRun) | null;
}

const STEM_SIDE = 96;
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
  // The stem of ResNets for ImageNet.
  [STEM_SIDE, 3, 64, 7, 2],
] as const;

/** Both views of 32 images. */
const IMAGES = 64;
/** Fewer where they are larger, at the stem for ImageNet and behind it. */
const LARGE_IMAGES = 16;

/** Side and channels of the images that the stem hands on to max pooling. */
const MAX_POOL: MaxPoolShape = { images: LARGE_IMAGES, height: 48, width: 48, channels: 64 };

/** Winograd's tiles of 4 x 4 outputs. */
const TILE = 4;

type Made = readonly [pass: ConvPass, kernel: Kernel, sizes: readonly number[]];

/** Kernels that compute the convolution as it is written. */
function direct(shape: ConvShape, variant: Variant): Made[] {
  const { images } = shape;
  const [x, y, w] = [images * inBytesOf(shape), images * outBytesOf(shape), weightsOf(shape) * FLOAT];
  const backward = inputGradientPacking(shape).reduce((sum, set) => sum + packedBytes(set), 0);
  return [
    ['forward', directForward(shape, variant), [x, packedBytes(forwardPacking(shape)), y]],
    ['input gradient', directInputGradient(shape, variant), [y, backward, x]],
    ['filter gradient', directFilterGradient(shape, variant), [x, y, directBlocks(shape).count * w]],
  ];
}

/** F(4x4), for 3 x 3 taps at stride 1 with as many output as input channels: there forward pass and input gradient are one kernel. */
function winograd(shape: ConvShape, variant: Variant): Made[] {
  const { images } = shape;
  const [x, y, w] = [images * inBytesOf(shape), images * outBytesOf(shape), weightsOf(shape) * FLOAT];
  const weights = winogradWeightBytes(TILE, shape.inChannels, shape.outChannels);
  const partials = winogradBlocks(shape, TILE).count * w;
  return [
    ['forward', winogradConvolution(shape, TILE, variant), [x, weights, y]],
    ['filter gradient', winogradFilterGradient(shape, TILE, variant), [x, y, partials]],
  ];
}

/** Max pooling behind the stem; tfjs's WASM backend has no gradient of it. */
function maxPoolCases(): CpuKernelCase[] {
  const { images, height, width, channels } = MAX_POOL;
  const bytes = images * height * width * channels * FLOAT;
  const windows = (images * height * width * channels) / 4;
  const flop = 8 * windows;
  const label = `${height} px, ${channels} channels`;
  return [
    {
      name: `max pool forward, ${label}`,
      kernel: maxPool(MAX_POOL),
      sizes: [bytes, windows * FLOAT],
      flop,
      onTfjs: () => maxPoolOnTfjs(MAX_POOL),
    },
    {
      name: `max pool gradient, ${label}`,
      kernel: maxPoolGradient(MAX_POOL),
      sizes: [windows * FLOAT, bytes, bytes],
      flop,
      onTfjs: null,
    },
  ];
}

/** The convolutions of the reference step and of the stem for ImageNet, each direct and, where it is used, by F(4x4). */
function convolutionCases(variant: Variant): CpuKernelCase[] {
  return CONVOLUTIONS.flatMap(([side, inChannels, outChannels, size, stride]) => {
    const images = side === STEM_SIDE ? LARGE_IMAGES : IMAGES;
    const shape: ConvShape = { images, height: side, width: side, inChannels, outChannels, size, stride };
    const flop = 2 * images * outHeightOf(shape) * outWidthOf(shape) * weightsOf(shape);
    const label = `${side} px, ${inChannels} to ${outChannels}, ${size} x ${size}${stride === 1 ? '' : `, stride ${stride}`}`;
    const named = (algorithm: string, made: Made[]) =>
      made.map(([pass, kernel, sizes]) => ({
        name: `${algorithm} ${pass}, ${label}`,
        kernel,
        sizes,
        flop,
        onTfjs: () => convolutionOnTfjs(shape, pass),
      }));
    const hasWinograd = size === 3 && stride === 1 && inChannels === outChannels;
    // Images need no gradient.
    const passes = direct(shape, variant).filter(([pass]) => inChannels > 3 || pass !== 'input gradient');
    return [...named('direct', passes), ...(hasWinograd ? named('F(4x4)', winograd(shape, variant)) : [])];
  });
}

/** The kernels that are timed one by one. */
export function cpuKernelCases(variant: Variant): CpuKernelCase[] {
  return [...convolutionCases(variant), ...maxPoolCases()];
}
