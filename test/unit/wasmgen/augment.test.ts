import { describe, expect, it } from 'vitest';
import { COLUMN, JITTER, unchangedParams } from '../../../src/engine/kernels/augment/params';
import {
  type AugmentShape,
  augmentViews,
  normalisationNumbers,
} from '../../../src/engine/kernels/wasmgen/augment/views';
import type { Variant } from '../../../src/engine/kernels/wasmgen/kernel';
import { seededRandom } from '../../../src/engine/random';
import { referenceViews } from './augmentReference';
import { Arena, maxError, VARIANTS, variantName } from './harness';

const NORMALISATION = { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] } as const;

function randomPixels(count: number, seed: number): Uint8Array {
  const random = seededRandom(seed, 'pixels');
  return Uint8Array.from({ length: 4 * count }, (_, i) => (i % 4 === 3 ? 255 : random.integer(0, 255)));
}

/** Parameters of which every row does something of everything. */
function randomParams({ views, inHeight, inWidth, outHeight, outWidth }: AugmentShape, seed: number): Float32Array {
  const random = seededRandom(seed, 'params');
  const params = unchangedParams(views, inHeight, inWidth);
  for (let row = 0; row < params.length; row += 16) {
    const [height, width] = [random.integer(1, inHeight), random.integer(1, inWidth)];
    params[row + COLUMN.height] = height;
    params[row + COLUMN.width] = width;
    params[row + COLUMN.top] = random.integer(0, inHeight - height);
    params[row + COLUMN.left] = random.integer(0, inWidth - width);
    random.permutation(4).forEach((step, slot) => {
      const code = random.integer(0, 4) === 0 ? JITTER.none : step + 1;
      params[row + COLUMN.steps + slot] = code;
      params[row + COLUMN.factors + slot] = code === JITTER.hue ? random.uniform(-0.4, 0.4) : random.uniform(0.5, 1.5);
    });
    params[row + COLUMN.flip] = random.integer(0, 1);
    params[row + COLUMN.grayscale] = random.integer(0, 4) === 0 ? 1 : 0;
    params[row + COLUMN.sigma] = random.uniform(0.1, 2);
    params[row + COLUMN.blurRadius] = Math.min(random.integer(0, 12), Math.min(outHeight, outWidth) - 1);
  }
  return params;
}

function run(
  shape: AugmentShape,
  pixels: Uint8Array,
  params: Float32Array,
  blur: boolean,
  variant: Variant,
  { calls = 1, antialias = false } = {},
) {
  const arena = new Arena();
  const views = arena.empty('views', shape.views * shape.outHeight * shape.outWidth * 3);
  const packed = arena.ofInts('pixels', new Int32Array(pixels.buffer));
  const kernel = augmentViews(shape, { blur, antialias }, variant);
  const normalisation = arena.of('normalisation', normalisationNumbers(NORMALISATION));
  const places = arena.ofInts(
    'places',
    Int32Array.from({ length: 2 * shape.images }, (_, i) =>
      i % 2 === 0 ? (i / 2) * shape.inHeight * shape.inWidth : shape.inWidth,
    ),
  );
  arena.run(kernel, { pixels: packed, places, params: arena.of('params', params), normalisation, views }, calls);
  return arena.floats(views);
}

describe.each(VARIANTS.map((v) => [variantName(v), v] as const))('augmentation, %s', (_, variant) => {
  it.each([
    [2, 8, 8, 4, 8, 8],
    [3, 7, 9, 6, 5, 6],
    [1, 1, 1, 2, 3, 2],
    [2, 16, 12, 2, 1, 1],
    [7, 32, 32, 14, 32, 32],
    [2, 28, 36, 6, 8, 8],
    [1, 61, 20, 4, 7, 5],
  ])(
    'of %i images of %i x %i to %i views of %i x %i is the reference',
    (images, inHeight, inWidth, views, outHeight, outWidth) => {
      const shape = { images, inHeight, inWidth, views, outHeight, outWidth };
      const pixels = randomPixels(images * inHeight * inWidth, 1);
      for (const [seed, blur] of [
        [1, true],
        [2, false],
        [3, true],
        [4, true],
      ] as const) {
        const params = randomParams(shape, seed);
        for (const antialias of [false, true]) {
          const actual = run(shape, pixels, params, blur, variant, { antialias });
          const expected = referenceViews(shape, pixels, params, NORMALISATION, { blur, antialias });
          expect(maxError(actual, expected)).toBeLessThan(5e-6);
        }
      }
    },
  );

  it('changes nothing but the range without parameters that do', () => {
    const shape = { images: 1, inHeight: 4, inWidth: 4, views: 1, outHeight: 4, outWidth: 4 };
    const pixels = randomPixels(16, 5);
    const actual = run(shape, pixels, unchangedParams(1, 4, 4), true, variant);
    actual.forEach((value, i) => {
      const exact =
        (pixels[Math.floor(i / 3) * 4 + (i % 3)]! / 255 - NORMALISATION.mean[i % 3]!) / NORMALISATION.std[i % 3]!;
      expect(value).toBeCloseTo(exact, 5);
    });
  });

  it('leaves greys grey when the hue is moved', () => {
    const shape = { images: 1, inHeight: 2, inWidth: 2, views: 1, outHeight: 2, outWidth: 2 };
    const params = unchangedParams(1, 2, 2);
    params[COLUMN.steps] = JITTER.hue;
    params[COLUMN.factors] = 0.3;
    const pixels = new Uint8Array(16).fill(128);
    expect(run(shape, pixels, params, false, variant)).toEqual(
      run(shape, pixels, unchangedParams(1, 2, 2), false, variant),
    );
  });

  it('gives the same bits however the views are split', () => {
    const shape = { images: 3, inHeight: 9, inWidth: 8, views: 6, outHeight: 7, outWidth: 8 };
    const pixels = randomPixels(3 * 72, 6);
    const params = randomParams(shape, 6);
    expect(run(shape, pixels, params, true, variant, { calls: 4 })).toEqual(run(shape, pixels, params, true, variant));
  });
});
