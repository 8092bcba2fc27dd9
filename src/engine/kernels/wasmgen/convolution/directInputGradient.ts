import { i32, memory } from '../assembler';
import { defineKernel, type Kernel, type Variant } from '../kernel';
import { at, FLOAT } from '../lanes';
import { type PackedMatrices, packedBytes } from '../panels';
import { writeImageProduct } from '../product';
import { copyIntoPadding, type PaddedImage, paddedBytes, paddedRowBytes } from './padImage';
import { type ConvShape, inBytesOf, outBytesOf, outHeightOf, outWidthOf, shapeName } from './shape';

/**
 * Pixels of dx whose row (or column) leaves the same remainder when divided by the stride: they meet the same taps, and adjacent pixels of
 * dy.
 */
interface Residue {
  /** The first of these pixels. */
  readonly start: number;
  readonly count: number;
  /** Taps of the kernel, in the order of rising pixels of dy. */
  readonly taps: readonly number[];
  /** Pixel of dy that the first tap of the first pixel meets; may lie in the padding. */
  readonly first: number;
}

function residuesOf(length: number, size: number, stride: number): Residue[] {
  const pad = (size - 1) / 2;
  return Array.from({ length: Math.min(stride, length) }, (_, start) => {
    const taps = Array.from({ length: size }, (_, i) => size - 1 - i).filter(
      (tap) => (start + pad - tap) % stride === 0,
    );
    const count = Math.ceil((length - start) / stride);
    return { start, count, taps, first: taps.length === 0 ? 0 : (start + pad - (taps[0] ?? 0)) / stride };
  });
}

/** Zeros that dy needs before and behind it. */
function paddingFor(residues: readonly Residue[], out: number): { before: number; after: number } {
  const met = residues.filter(({ taps }) => taps.length > 0);
  return {
    before: Math.max(0, ...met.map(({ first }) => -first)),
    after: Math.max(0, ...met.map(({ first, count, taps }) => first + count - 1 + taps.length - out)),
  };
}

function partsOf({ height, width, size, stride }: ConvShape): { readonly row: Residue; readonly column: Residue }[] {
  const columns = residuesOf(width, size, stride);
  return residuesOf(height, size, stride).flatMap((row) => columns.map((column) => ({ row, column })));
}

/** The order in which the input gradient reads the weights: a set of taps for each pair of remainders. */
export const inputGradientPacking = (shape: ConvShape): PackedMatrices[] =>
  partsOf(shape).map(({ row, column }) => ({
    rows: shape.inChannels,
    columns: shape.outChannels,
    taps: row.taps.flatMap((y) => column.taps.map((x) => y * shape.size + x)),
    transposed: true,
  }));

/**
 * `(dy, panels, dx)`: the gradient of the convolution in its input, with the weights packed by `packPanels(inputGradientPacking(shape))`. A
 * unit is an image. Pixels that no tap meets (1 x 1 at stride 2) become 0. Padding of dy is computed as zeros.
 */
export function directInputGradient(shape: ConvShape, variant: Variant): Kernel<'dy' | 'panels' | 'dx'> {
  const { height, width, inChannels, outChannels, size, stride } = shape;
  const [outHeight, outWidth] = [outHeightOf(shape), outWidthOf(shape)];
  const rows = paddingFor(residuesOf(height, size, stride), outHeight);
  const columns = paddingFor(residuesOf(width, size, stride), outWidth);
  const padded: PaddedImage = {
    height: outHeight,
    width: outWidth,
    channels: outChannels,
    before: { rows: rows.before, columns: columns.before },
    after: { rows: rows.after, columns: columns.after },
  };
  const copies = Math.max(rows.before, rows.after, columns.before, columns.after) > 0;
  const rowBytes = paddedRowBytes(padded);
  const parts = partsOf(shape);
  const packing = inputGradientPacking(shape);
  const [pixel, row] = [inChannels * FLOAT, width * inChannels * FLOAT];
  return defineKernel({
    name: `directInputGradient-${shapeName(shape)}${variant.fma ? '-fma' : ''}`,
    buffers: ['dy', 'panels', 'dx'],
    units: shape.images,
    scratchBytes: copies ? paddedBytes(padded) : 0,
    write(f, { dy, panels, dx, scratch, from, to }) {
      if (copies) f.emit(memory.clear(scratch, paddedBytes(padded)));
      const image = f.let(at(dy, from, outBytesOf(shape)));
      const result = f.let(at(dx, from, inBytesOf(shape)));
      f.upTo(from, to, 1, () => {
        if (copies) copyIntoPadding(f, padded, image, scratch);
        if (packing.some(({ taps }) => taps.length === 0)) f.emit(memory.clear(result, inBytesOf(shape)));
        let packed = 0;
        parts.forEach(({ row: y, column: x }, index) => {
          const set = packing[index];
          if (set !== undefined && set.taps.length > 0) {
            const source = (y.first + rows.before) * rowBytes + (x.first + columns.before) * outChannels * FLOAT;
            writeImageProduct(
              f,
              variant,
              {
                reduction: { rows: y.taps.length, length: x.taps.length * outChannels, rowBytes },
                outputs: inChannels,
                rows: y.count,
                columns: x.count,
                pixel: { x: outChannels * FLOAT, y: stride * pixel },
                row: { x: rowBytes, y: stride * row },
              },
              i32.add(copies ? scratch : image, source),
              i32.add(panels, packed),
              i32.add(result, y.start * row + x.start * pixel),
            );
            packed += packedBytes(set);
          }
        });
        f.set(image, i32.add(image, outBytesOf(shape)));
        f.set(result, i32.add(result, inBytesOf(shape)));
      });
    },
  });
}
