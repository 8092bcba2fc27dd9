import { FLOAT } from '../lanes';

/** Sizes of one convolution: images [N, H, W, C], kernels [size, size, Cin, Cout], (size - 1) / 2 zeros on all four sides at every stride. */
export interface ConvShape {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Odd. */
  readonly size: number;
  readonly stride: number;
}

export const padOf = ({ size }: ConvShape): number => (size - 1) / 2;
export const outHeightOf = ({ height, stride }: ConvShape): number => Math.floor((height - 1) / stride) + 1;
export const outWidthOf = ({ width, stride }: ConvShape): number => Math.floor((width - 1) / stride) + 1;
export const weightsOf = ({ size, inChannels, outChannels }: ConvShape): number =>
  size * size * inChannels * outChannels;

/** Bytes of an image of x, and of one of y. */
export const inBytesOf = ({ height, width, inChannels }: ConvShape): number => height * width * inChannels * FLOAT;
export const outBytesOf = (shape: ConvShape): number =>
  outHeightOf(shape) * outWidthOf(shape) * shape.outChannels * FLOAT;

/** @throws Error when sizes are not whole and positive, or the kernel's size is even. */
export function checkShape(shape: ConvShape): void {
  for (const [name, n] of Object.entries(shape)) {
    if (!Number.isInteger(n) || n < 1)
      throw new Error(`convolution: ${name} is ${n}; it has to be a whole number above 0`);
  }
  if (shape.size % 2 === 0) throw new Error(`convolution: a kernel of even size (${shape.size}) cannot be centred`);
}

/** Tells shapes apart in the names of kernels. */
export const shapeName = (s: ConvShape): string =>
  `${s.images}x${s.height}x${s.width}x${s.inChannels}-${s.outChannels}k${s.size}s${s.stride}`;
