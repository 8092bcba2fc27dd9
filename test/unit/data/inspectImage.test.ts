import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { inspectImage } from '../../../src/formats/image/inspectImage';
import { CUT_SHORT, UnusableFile } from '../../../src/formats/unusableFile';
import { animatedGif, badFiles, bmp, goodImages, picture, UPRIGHT } from '../../setup/imageFiles';

const WIDE = () => picture(UPRIGHT, 200, 70);

describe('size from the header', () => {
  const cases: [string, () => Promise<Uint8Array>, string, number, number][] = [
    ['JPEG', () => WIDE().jpeg().toBuffer(), 'JPEG', 200, 70],
    ['progressive JPEG', () => WIDE().jpeg({ progressive: true }).toBuffer(), 'JPEG', 200, 70],
    ['PNG', () => WIDE().png().toBuffer(), 'PNG', 200, 70],
    ['lossy WebP', () => WIDE().webp().toBuffer(), 'WebP', 200, 70],
    ['lossless WebP', () => WIDE().webp({ lossless: true }).toBuffer(), 'WebP', 200, 70],
    [
      'WebP with alpha and EXIF',
      () => WIDE().ensureAlpha(0.5).withMetadata({ orientation: 3 }).webp().toBuffer(),
      'WebP',
      200,
      70,
    ],
    ['GIF', () => WIDE().gif().toBuffer(), 'GIF', 200, 70],
    ['animated GIF', animatedGif, 'GIF', 96, 96],
    ['BMP', async () => bmp(UPRIGHT, 50), 'BMP', 50, 50],
    ['AVIF', () => WIDE().avif().toBuffer(), 'AVIF', 200, 70],
    ['AVIF with alpha', () => WIDE().ensureAlpha(0.5).avif().toBuffer(), 'AVIF', 200, 70],
  ];
  test.each(cases)('%s', async (_, make, format, width, height) => {
    expect(inspectImage(await make())).toEqual({ format, width, height });
  });

  test('of a top-down BMP, whose height is negative', () => {
    const file = bmp(UPRIGHT, 50);
    file.writeInt32LE(-50, 22);
    expect(inspectImage(file)).toEqual({ format: 'BMP', width: 50, height: 50 });
  });
});

test('the content decides, not the name', async () => {
  for (const bytes of (await goodImages()).values()) expect(() => inspectImage(bytes)).not.toThrow();
});

test('every bad file gets the right reason', async () => {
  for (const [name, { bytes, reason }] of await badFiles()) {
    // Only decoding reveals that this file is damaged.
    if (name === 'corrupt.png') continue;
    expect(() => inspectImage(bytes), name).toThrow(UnusableFile);
    expect(() => inspectImage(bytes), name).toThrow(reason);
  }
});

test('a file that is cut anywhere is never accepted as complete', async () => {
  const files = await goodImages();
  for (const name of [
    'plain.jpg',
    'progressive.jpeg',
    'plain.png',
    'lossy.webp',
    'animated.gif',
    'plain.bmp',
    'plain.avif',
  ]) {
    const bytes = files.get(name)!;
    const lengths = Array.from({ length: 40 }, (_, i) => Math.floor(((i + 1) * (bytes.length - 3)) / 41));
    for (const length of lengths) {
      // A GIF may end after any of its frames, so a cut there gives a complete file.
      expect(() => inspectImage(bytes.subarray(0, length)), `${name} cut to ${length}`).toThrow(UnusableFile);
    }
  }
});

test('a JPEG cut behind its embedded thumbnail is cut short, though the thumbnail is whole', async () => {
  const thumbnail = await picture(UPRIGHT, 16, 16).jpeg().toBuffer();
  const jpeg = await picture().jpeg().toBuffer();
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), thumbnail]);
  segment.writeUInt16BE(segment.length - 2, 2);
  const whole = Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
  expect(inspectImage(whole)).toEqual({ format: 'JPEG', width: 96, height: 96 });
  expect(() => inspectImage(whole.subarray(0, whole.length - 40))).toThrow(CUT_SHORT);
});

test('a JPEG with data after its end is complete', async () => {
  const jpeg = await picture().jpeg().toBuffer();
  expect(inspectImage(Buffer.concat([jpeg, Buffer.alloc(5000, 7)])).format).toBe('JPEG');
});

test('50 megapixels are accepted and more are not', async () => {
  const png = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  png.writeUInt32BE(8688, 16);
  png.writeUInt32BE(5792, 20);
  expect(inspectImage(png).width).toBe(8688);
  png.writeUInt32BE(5999, 20);
  expect(() => inspectImage(png)).toThrow(/52 megapixels/);
});
