import { i32, memory } from '../assembler';
import { defineKernel, type Kernel, type Variant } from '../kernel';
import { at, FLOAT } from '../lanes';
import type { PackedMatrices } from '../panels';
import { writeImageProduct } from '../product';
import { copyIntoPadding, paddedBy, paddedBytes, paddedRowBytes } from './padImage';
import { type ConvShape, inBytesOf, outBytesOf, outHeightOf, outWidthOf, padOf, shapeName } from './shape';

/** The order in which the forward pass reads the weights. */
export const forwardPacking = ({ size, inChannels, outChannels }: ConvShape): PackedMatrices => ({
  rows: inChannels,
  columns: outChannels,
  taps: Array.from({ length: size * size }, (_, tap) => tap),
  transposed: false,
});

/**
 * `(x, panels, y)`: y = x * w, with the weights packed by `packPanels([forwardPacking(shape)])`. A unit is an image. In a copy of the image
 * with zeros around it, the taps and channels of a pixel that lie in one row of the kernel are one row of numbers. Padding is computed as
 * zeros, so that an infinite or NaN weight at a tap that falls on it gives NaN.
 */
export function directForward(shape: ConvShape, variant: Variant): Kernel<'x' | 'panels' | 'y'> {
  const { height, width, inChannels, outChannels, size, stride } = shape;
  const padded = paddedBy(padOf(shape), height, width, inChannels);
  const copies = padOf(shape) > 0;
  const rowBytes = paddedRowBytes(padded);
  const columns = outWidthOf(shape);
  const product = {
    reduction: { rows: size, length: size * inChannels, rowBytes },
    outputs: outChannels,
    rows: outHeightOf(shape),
    columns,
    pixel: { x: stride * inChannels * FLOAT, y: outChannels * FLOAT },
    row: { x: stride * rowBytes, y: columns * outChannels * FLOAT },
  };
  return defineKernel({
    name: `direct-${shapeName(shape)}${variant.fma ? '-fma' : ''}`,
    buffers: ['x', 'panels', 'y'],
    units: shape.images,
    scratchBytes: copies ? paddedBytes(padded) : 0,
    write(f, { x, panels, y, scratch, from, to }) {
      if (copies) f.emit(memory.clear(scratch, paddedBytes(padded)));
      const image = f.let(at(x, from, inBytesOf(shape)));
      const result = f.let(at(y, from, outBytesOf(shape)));
      f.upTo(from, to, 1, () => {
        if (copies) copyIntoPadding(f, padded, image, scratch);
        writeImageProduct(f, variant, product, copies ? scratch : image, panels, result);
        f.set(image, i32.add(image, inBytesOf(shape)));
        f.set(result, i32.add(result, outBytesOf(shape)));
      });
    },
  });
}
