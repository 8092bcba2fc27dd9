import { i32, memory } from '../assembler';
import { paddedBytes, paddedRowBytes } from '../convolution/padImage';
import { defineKernel, type Kernel, type Variant } from '../kernel';
import { at, FLOAT } from '../lanes';
import { writeRowsProduct } from '../product';
import { INPUT, OUTPUT, type TileSize } from './lines';
import {
  copyImages,
  copyOutOfPadding,
  eachStrip,
  imagePlaces,
  planeBytes,
  planePlaces,
  tilePadding,
  tilingOf,
  type WinogradShape,
} from './tiling';
import { addTransform } from './transform';
import { weightPlaneBytes } from './weights';

export const winogradName = ({ images, height, width, inChannels, outChannels }: WinogradShape): string =>
  `${images}x${height}x${width}x${inChannels}-${outChannels}`;

/**
 * `(x, panels, y)`: a 3 x 3 convolution at stride 1 by Winograd's F(m x m, 3 x 3), with weights of `packWinogradWeights`; its input
 * gradient too, with dy as x, dx as y and input and output channels exchanged. A unit is an image. Errors are some 1e-6 (m = 2) and 4e-6 to
 * 9e-6 (m = 4) of the largest value, and a NaN or infinity makes all tiles that contain it NaN.
 */
export function winogradConvolution(shape: WinogradShape, m: TileSize, variant: Variant): Kernel<'x' | 'panels' | 'y'> {
  const { images, height, width, inChannels, outChannels } = shape;
  const tiling = tilingOf(shape, m);
  const { imagesPerStrip, overhangs, planes } = tiling;
  const padded = tilePadding(shape, tiling, inChannels, 1);
  const whole = tilePadding(shape, tiling, outChannels, 0);
  const [inPlane, outPlane] = [planeBytes(tiling, inChannels), planeBytes(tiling, outChannels)];
  const inBytes = height * width * inChannels * FLOAT;
  const outBytes = height * width * outChannels * FLOAT;
  const places = {
    padded: 0,
    transformed: imagesPerStrip * paddedBytes(padded),
    products: imagesPerStrip * paddedBytes(padded) + planes * inPlane,
    whole: imagesPerStrip * paddedBytes(padded) + planes * (inPlane + outPlane),
  };
  const source = imagePlaces(tiling, inChannels, paddedRowBytes(padded), paddedBytes(padded));
  const result = imagePlaces(tiling, outChannels, paddedRowBytes(whole), paddedBytes(whole));
  return defineKernel({
    name: `winograd${m}-${winogradName(shape)}${variant.fma ? '-fma' : ''}`,
    buffers: ['x', 'panels', 'y'],
    units: images,
    scratchBytes: places.whole + (overhangs ? imagesPerStrip * paddedBytes(whole) : 0),
    write(f, { x, panels, y, scratch, from, to }, module) {
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
      const output = addTransform(
        module,
        variant,
        OUTPUT[m],
        columns,
        outChannels,
        planePlaces(tiling, outChannels),
        result,
      );
      const multiply = module.function(
        `winogradProducts${m}-${winogradName(shape)}${variant.fma ? '-fma' : ''}`,
        ['transformed', 'weights', 'products', 'tiles'],
        (g, { transformed, weights, products, tiles }) => {
          g.times(planes, () => {
            const pitch = { x: inChannels * FLOAT, y: outChannels * FLOAT };
            writeRowsProduct(
              g,
              variant,
              { inputs: inChannels, outputs: outChannels, pitch },
              { x: transformed, panels: weights, y: products, rows: tiles },
            );
            g.advance(transformed, inPlane);
            g.advance(weights, weightPlaneBytes(inChannels, outChannels));
            g.advance(products, outPlane);
          });
        },
      );
      const transformed = f.let(i32.add(scratch, places.transformed));
      const products = f.let(i32.add(scratch, places.products));
      f.emit(memory.clear(scratch, imagesPerStrip * paddedBytes(padded)));
      eachStrip(f, tiling, [from, to], {
        fetch: (first, count) => copyImages(f, padded, at(x, first, inBytes), scratch, count),
        work(first, strip) {
          f.call(input, at(scratch, strip.firstRow, source.tileRow), transformed, strip.images, strip.tileRows);
          f.call(multiply, transformed, panels, products, strip.tiles);
          const target = overhangs ? i32.add(scratch, places.whole) : at(y, first, outBytes);
          f.call(output, products, at(target, strip.firstRow, result.tileRow), strip.images, strip.tileRows);
        },
        finish(first, count) {
          if (overhangs) copyOutOfPadding(f, whole, i32.add(scratch, places.whole), at(y, first, outBytes), count);
        },
      });
    },
  });
}
