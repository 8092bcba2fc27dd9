import { i32, memory } from '../assembler';
import { paddedBytes, paddedRowBytes } from '../convolution/padImage';
import { defineKernel, type Kernel, type Variant } from '../kernel';
import { at, FLOAT, LANES, VECTOR } from '../lanes';
import { writeOuterProduct } from '../outerProduct';
import { type Blocks, blockRange, blocksOf } from '../partials';
import { winogradName } from './convolution';
import { INPUT, OUTPUT_ADJOINT, type TileSize, WEIGHTS_ADJOINT } from './lines';
import {
  copyImages,
  eachStrip,
  gapped,
  imagePlaces,
  planeBytes,
  planePlaces,
  tilePadding,
  tilingOf,
  type WinogradShape,
} from './tiling';
import { addTransform, writeTileTransform } from './transform';

/** The blocks of images that are summed separately, each at least a strip of tiles. */
export const winogradBlocks = (shape: WinogradShape, m: TileSize): Blocks =>
  blocksOf(shape.images, 9 * shape.inChannels * shape.outChannels, tilingOf(shape, m).imagesPerStrip);

/**
 * `(x, dy, partials)`: as `directFilterGradient`, for 3 x 3 kernels at stride 1, by the adjoint of Winograd's F(m x m, 3 x 3). A unit is a
 * block of `winogradBlocks`. Errors are some 5e-6 of the largest value for m = 4, and a NaN or infinity makes the channels that it meets
 * NaN.
 */
export function winogradFilterGradient(
  shape: WinogradShape,
  m: TileSize,
  variant: Variant,
): Kernel<'x' | 'dy' | 'partials'> {
  const { images, height, width, inChannels, outChannels } = shape;
  const tiling = tilingOf(shape, m);
  const { imagesPerStrip, overhangs, planes } = tiling;
  const padded = tilePadding(shape, tiling, inChannels, 1);
  const whole = tilePadding(shape, tiling, outChannels, 0);
  const [inPlane, outPlane] = [planeBytes(tiling, inChannels), planeBytes(tiling, outChannels)];
  const inBytes = height * width * inChannels * FLOAT;
  const outBytes = height * width * outChannels * FLOAT;
  const matrix = inChannels * outChannels * FLOAT;
  const sumPlane = gapped(matrix);
  const blocks = winogradBlocks(shape, m);
  const transformedAt = imagesPerStrip * paddedBytes(padded);
  const incomingAt = transformedAt + planes * inPlane;
  const sumsAt = incomingAt + planes * outPlane;
  const wholeAt = sumsAt + planes * sumPlane;
  const source = imagePlaces(tiling, inChannels, paddedRowBytes(padded), paddedBytes(padded));
  const gradient = imagePlaces(tiling, outChannels, paddedRowBytes(whole), paddedBytes(whole));
  return defineKernel({
    name: `winogradFilterGradient${m}-${winogradName(shape)}${variant.fma ? '-fma' : ''}`,
    buffers: ['x', 'dy', 'partials'],
    units: blocks.count,
    scratchBytes: wholeAt + (overhangs ? imagesPerStrip * paddedBytes(whole) : 0),
    write(f, { x, dy, partials, scratch, from, to }, module) {
      const { columns } = tiling;
      const input = addTransform(
        module,
        variant,
        INPUT[m],
        columns,
        inChannels,
        source,
        planePlaces(tiling, inChannels),
      );
      const adjoint = addTransform(
        module,
        variant,
        OUTPUT_ADJOINT[m],
        columns,
        outChannels,
        gradient,
        planePlaces(tiling, outChannels),
      );
      const multiply = module.function(
        `winogradOuter${m}-${winogradName(shape)}${variant.fma ? '-fma' : ''}`,
        ['transformed', 'incoming', 'sums', 'tiles'],
        (g, { transformed, incoming, sums, tiles }) => {
          g.times(planes, () => {
            writeOuterProduct(
              g,
              variant,
              {
                inputs: inChannels,
                outputs: outChannels,
                rows: 1,
                columns: tiles,
                pixel: { x: inChannels * FLOAT, dy: outChannels * FLOAT },
                row: { x: 0, dy: 0 },
                pitch: outChannels * FLOAT,
              },
              { x: transformed, dy: incoming, dw: sums },
            );
            g.advance(transformed, inPlane);
            g.advance(incoming, outPlane);
            g.advance(sums, sumPlane);
          });
        },
      );
      const transformed = f.let(i32.add(scratch, transformedAt));
      const incoming = f.let(i32.add(scratch, incomingAt));
      const sums = f.let(i32.add(scratch, sumsAt));
      f.emit(memory.clear(scratch, imagesPerStrip * paddedBytes(padded)));
      if (overhangs) f.emit(memory.clear(i32.add(scratch, wholeAt), imagesPerStrip * paddedBytes(whole)));
      f.upTo(from, to, 1, () => {
        f.emit(memory.clear(sums, planes * sumPlane));
        const { first: begin, end } = blockRange(from, blocks, images);
        eachStrip(f, tiling, [begin, end], {
          fetch(first, count) {
            copyImages(f, padded, at(x, first, inBytes), scratch, count);
            if (overhangs) copyImages(f, whole, at(dy, first, outBytes), i32.add(scratch, wholeAt), count);
          },
          work(first, strip) {
            f.call(input, at(scratch, strip.firstRow, source.tileRow), transformed, strip.images, strip.tileRows);
            const from = overhangs ? i32.add(scratch, wholeAt) : at(dy, first, outBytes);
            f.call(adjoint, at(from, strip.firstRow, gradient.tileRow), incoming, strip.images, strip.tileRows);
            f.call(multiply, transformed, incoming, sums, strip.tiles);
          },
          finish: () => undefined,
        });
        const [sum, result] = [f.let(sums), f.let(at(partials, from, 9 * matrix))];
        f.times((inChannels * outChannels) / LANES, () => {
          writeTileTransform(
            f,
            variant,
            WEIGHTS_ADJOINT[m],
            sum,
            { row: (m + 2) * sumPlane, column: sumPlane },
            result,
            { row: 3 * matrix, column: matrix },
          );
          f.advance(sum, VECTOR);
          f.advance(result, VECTOR);
        });
      });
    },
  });
}
