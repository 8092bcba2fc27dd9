import { memory } from '../assembler';
import { defineKernel, type Kernel, type Variant } from '../kernel';
import { at, FLOAT } from '../lanes';
import { writeOuterProduct } from '../outerProduct';
import { type Blocks, blockRange, blocksOf } from '../partials';
import { cutRow } from '../product';
import { copyIntoPadding, paddedBy, paddedBytes, paddedRowBytes } from './padImage';
import { type ConvShape, inBytesOf, outBytesOf, outHeightOf, outWidthOf, padOf, shapeName, weightsOf } from './shape';

/** Rows that are used for all weights while they are in the cache. */
const BAND_ROWS = 4;

/** The blocks of images that are summed separately. */
export const directBlocks = (shape: ConvShape): Blocks => blocksOf(shape.images, weightsOf(shape));

/**
 * `(x, dy, partials)`: for each block of `directBlocks` the gradient of the convolution in its weights, [blocks, size, size, Cin, Cout], to
 * be added by `sumPartials`. A unit is a block. Padding is computed as zeros.
 */
export function directFilterGradient(shape: ConvShape, variant: Variant): Kernel<'x' | 'dy' | 'partials'> {
  const { images, height, width, inChannels, outChannels, size, stride } = shape;
  const padded = paddedBy(padOf(shape), height, width, inChannels);
  const copies = padOf(shape) > 0;
  const rowBytes = paddedRowBytes(padded);
  const [rows, columns] = [outHeightOf(shape), outWidthOf(shape)];
  const blocks = directBlocks(shape);
  const weightBytes = weightsOf(shape) * FLOAT;
  const inputs = size * inChannels;
  const pitch = outChannels * FLOAT;
  const line = columns * pitch;
  return defineKernel({
    name: `directFilterGradient-${shapeName(shape)}${variant.fma ? '-fma' : ''}`,
    buffers: ['x', 'dy', 'partials'],
    units: blocks.count,
    scratchBytes: copies ? paddedBytes(padded) : 0,
    write(f, { x, dy, partials, scratch, from, to }) {
      if (copies) f.emit(memory.clear(scratch, paddedBytes(padded)));
      const { image, incoming, band, incomingBand } = f.locals('i32', 'image', 'incoming', 'band', 'incomingBand');
      f.upTo(from, to, 1, () => {
        const dw = f.let(at(partials, from, weightBytes));
        f.emit(memory.clear(dw, weightBytes));
        const { first, end } = blockRange(from, blocks, images);
        f.each(first, end, 1, (index) => {
          f.set(image, at(x, index, inBytesOf(shape)));
          f.set(incoming, at(dy, index, outBytesOf(shape)));
          if (copies) copyIntoPadding(f, padded, image, scratch);
          f.set(band, copies ? scratch : image);
          f.set(incomingBand, incoming);
          for (const [count, bandRows] of cutRow(rows, BAND_ROWS)) {
            f.times(count, () => {
              f.times(size, (kernelRow) => {
                writeOuterProduct(
                  f,
                  variant,
                  {
                    inputs,
                    outputs: outChannels,
                    rows: bandRows,
                    columns,
                    pixel: { x: stride * inChannels * FLOAT, dy: pitch },
                    row: { x: stride * rowBytes, dy: line },
                    pitch,
                  },
                  {
                    x: at(band, kernelRow, rowBytes),
                    dy: incomingBand,
                    dw: at(dw, kernelRow, inputs * pitch),
                  },
                );
              });
              f.advance(band, bandRows * stride * rowBytes);
              f.advance(incomingBand, bandRows * line);
            });
          }
        });
      });
    },
  });
}
