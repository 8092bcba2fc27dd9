import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { placesOf, squarePlaces } from '../../../src/domain/imageDataset';
import { augmentBatch } from '../../../src/engine/augment/augmentBatch';
import { toFloatImages } from '../../../src/engine/augment/normalise';
import { packPictures } from '../../../src/engine/augment/packPictures';
import { viewsToRgba } from '../../../src/engine/augment/viewsToRgba';
import type { Normalisation } from '../../../src/engine/kernels/augment/normalisation';
import { AUGMENT_COLUMNS, unchangedParams } from '../../../src/engine/kernels/augment/params';
import { seededRandom } from '../../../src/engine/random';
import { placedPictures } from '../../setup/placedPictures';

const SIZE = 4;
const IMAGE_BYTES = SIZE * SIZE * 4;
const normalisation: Normalisation = { mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] };

function somePixels(count: number): Uint8Array {
  const random = seededRandom(1);
  return Uint8Array.from({ length: count * IMAGE_BYTES }, (_, i) => (i % 4 === 3 ? 255 : random.integer(0, 255)));
}

/** Packed pixels of squares. */
function packedSquares(pixels: Uint8Array, indices: readonly number[]): Int32Array<ArrayBuffer> {
  return packPictures(placedPictures(pixels, squarePlaces(pixels.length / IMAGE_BYTES, SIZE)), indices).pixels;
}

describe('packPictures', () => {
  it('gathers images in the order asked for, from pixels that start anywhere in their buffer', () => {
    const aligned = somePixels(5);
    const shifted = new Uint8Array(aligned.length + 3).subarray(3);
    shifted.set(aligned);
    for (const pixels of [aligned, shifted]) {
      const packed = packedSquares(pixels, [3, 0, 3]);
      expect(packed).toHaveLength(3 * SIZE * SIZE);
      const bytes = new Uint8Array(packed.buffer);
      [3, 0, 3].forEach((image, i) => {
        const expected = aligned.subarray(image * IMAGE_BYTES, (image + 1) * IMAGE_BYTES);
        expect(bytes.subarray(i * IMAGE_BYTES, (i + 1) * IMAGE_BYTES)).toEqual(expected);
      });
    }
  });

  it('refuses an image that is not there', () => {
    expect(() => packedSquares(somePixels(2), [0, 2])).toThrow('no picture 2 among 2');
    expect(() => packedSquares(somePixels(2), [-1])).toThrow(RangeError);
  });

  it('lays pictures of any shapes one after the other, or each into a part of its own', () => {
    const places = placesOf(Uint16Array.of(3, 1, 2), Uint16Array.of(1, 2, 2));
    const pixels = Uint8Array.from({ length: 4 * 9 }, (_, i) => (i % 4 === 3 ? 255 : i >> 2));
    const reds = (packed: Int32Array) => Array.from(packed, (pixel) => pixel & 0xff);
    const dense = packPictures(placedPictures(pixels, places), [2, 0, 2]);
    expect(reds(dense.pixels)).toEqual([5, 6, 7, 8, 0, 1, 2, 5, 6, 7, 8]);
    expect([...dense.places]).toEqual([0, 2, 4, 3, 7, 2]);
    expect([dense.heights, dense.widths].map((lengths) => Array.from(lengths))).toEqual([
      [2, 1, 2],
      [2, 3, 2],
    ]);
    const parts = packPictures(placedPictures(pixels, places), [1, 2], [2, 3]);
    expect(reds(parts.pixels)).toEqual([3, 0, 0, 4, 0, 0, 5, 6, 0, 7, 8, 0]);
    expect([...parts.places]).toEqual([0, 3, 6, 3]);
    expect(() => packPictures(placedPictures(pixels, places), [0], [1, 2])).toThrow('1 x 3 pixels in a part of 1 x 2');
  });
});

describe('images and views', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('come back as the pixels they were', async () => {
    const pixels = somePixels(3);
    const before = tf.memory().numTensors;
    const packed = tf.tensor3d(packedSquares(pixels, [0, 1, 2]), [3, SIZE, SIZE], 'int32');
    const images = toFloatImages(packed, normalisation);
    expect(await viewsToRgba(images, normalisation)).toEqual(new Uint8ClampedArray(pixels));
    tf.dispose([packed, images]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('make view v of image v mod B', async () => {
    const pixels = somePixels(2);
    const packed = tf.tensor3d(packedSquares(pixels, [0, 1]), [2, SIZE, SIZE], 'int32');
    const params = tf.tensor2d(unchangedParams(6, SIZE, SIZE), [6, AUGMENT_COLUMNS]);
    const views = augmentBatch(packed, params, { normalisation, blur: false });
    const rgba = await viewsToRgba(views, normalisation);
    const expected = new Uint8ClampedArray(6 * IMAGE_BYTES);
    for (let view = 0; view < 6; view += 2) expected.set(pixels, view * IMAGE_BYTES);
    expect(rgba).toEqual(expected);
  });

  it('refuse params that do not fit', () => {
    const packed = tf.zeros<tf.Rank.R3>([2, SIZE, SIZE], 'int32');
    const options = { normalisation, blur: false };
    const odd = tf.tensor2d(unchangedParams(3, SIZE, SIZE), [3, AUGMENT_COLUMNS]);
    expect(() => augmentBatch(packed, odd, options)).toThrow('a multiple of 2');
    expect(() => augmentBatch(packed, tf.zeros([2, 5]), options)).toThrow('wanted');
  });
});
