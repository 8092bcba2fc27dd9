import {
  type ConvShape,
  outHeightOf,
  outWidthOf,
  padOf,
  weightsOf,
} from '../../../src/engine/kernels/wasmgen/convolution/shape';

/** The convolution and its gradients in float64, tap by tap as they are defined. */

type Numbers = ArrayLike<number>;

/** Calls back for each product that a convolution consists of, with the indices in x, w and y of one run of channels. */
function eachTap(shape: ConvShape, visit: (x: number, w: number, y: number) => void): void {
  const { images, height, width, inChannels, outChannels, size, stride } = shape;
  const [outHeight, outWidth, pad] = [outHeightOf(shape), outWidthOf(shape), padOf(shape)];
  for (let n = 0; n < images; n++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++)
        for (let ky = 0; ky < size; ky++)
          for (let kx = 0; kx < size; kx++) {
            const [iy, ix] = [oy * stride + ky - pad, ox * stride + kx - pad];
            if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
            visit(
              ((n * height + iy) * width + ix) * inChannels,
              (ky * size + kx) * inChannels * outChannels,
              ((n * outHeight + oy) * outWidth + ox) * outChannels,
            );
          }
}

export const xLength = ({ images, height, width, inChannels }: ConvShape): number =>
  images * height * width * inChannels;
export const yLength = (shape: ConvShape): number =>
  shape.images * outHeightOf(shape) * outWidthOf(shape) * shape.outChannels;

export function referenceForward(shape: ConvShape, x: Numbers, w: Numbers): Float64Array {
  const { inChannels, outChannels } = shape;
  const y = new Float64Array(yLength(shape));
  eachTap(shape, (xi, wi, yi) => {
    for (let i = 0; i < inChannels; i++)
      for (let o = 0; o < outChannels; o++) y[yi + o]! += x[xi + i]! * w[wi + i * outChannels + o]!;
  });
  return y;
}

export function referenceInputGradient(shape: ConvShape, dy: Numbers, w: Numbers): Float64Array {
  const { inChannels, outChannels } = shape;
  const dx = new Float64Array(xLength(shape));
  eachTap(shape, (xi, wi, yi) => {
    for (let i = 0; i < inChannels; i++)
      for (let o = 0; o < outChannels; o++) dx[xi + i]! += dy[yi + o]! * w[wi + i * outChannels + o]!;
  });
  return dx;
}

export function referenceFilterGradient(shape: ConvShape, x: Numbers, dy: Numbers): Float64Array {
  const { inChannels, outChannels } = shape;
  const dw = new Float64Array(weightsOf(shape));
  eachTap(shape, (xi, wi, yi) => {
    for (let i = 0; i < inChannels; i++)
      for (let o = 0; o < outChannels; o++) dw[wi + i * outChannels + o]! += x[xi + i]! * dy[yi + o]!;
  });
  return dw;
}
