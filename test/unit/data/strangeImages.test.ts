import { expect, test } from 'vitest';
import { decodeWithSharp } from '../../../scripts/node/decodeWithSharp';
import { readOrientation } from '../../../src/formats/image/exif';
import { inspectImage } from '../../../src/formats/image/inspectImage';
import { prepareForDecoder } from '../../../src/formats/image/prepare';
import { picture, type Rgb } from '../../setup/imageFiles';
import { heicImages, refusedImages, strangeImages } from '../../setup/strangeImages';

/** Decodes under Node, and returns the colour in the middle of each quarter. */
async function decode(bytes: Buffer): Promise<Rgb[]> {
  const colors: Rgb[] = [];
  await decodeWithSharp(bytes, inspectImage(bytes), (source) => {
    const { width, height } = source;
    for (const [x, y] of [
      [width / 4, height / 4],
      [(3 * width) / 4, height / 4],
      [width / 4, (3 * height) / 4],
      [(3 * width) / 4, (3 * height) / 4],
    ]) {
      const [red, green, blue] = source.read(Math.floor(x), Math.floor(y), 1, 1);
      colors.push([red, green, blue]);
    }
  });
  return colors;
}

test('files that decoders open load, with the colours that they show', async () => {
  for (const [name, { bytes, colors }] of await strangeImages()) {
    const shown = await decode(bytes);
    for (const [quarter, color] of colors.entries()) {
      for (const [channel, value] of color.entries()) {
        const error = Math.abs(shown[quarter][channel] - value);
        expect(error, `${name}, quarter ${quarter}: ${shown[quarter]}`).toBeLessThanOrEqual(3);
      }
    }
  }
});

test('pictures of which a part is missing, and kinds that are not read, are refused with the reason', async () => {
  for (const [name, { bytes, reason }] of await refusedImages()) {
    const decoded = decode(bytes).catch((error: unknown) => {
      // The import says “is damaged” for every error of a decoder that gives no reason.
      const message = String(error);
      throw new Error(message.includes('UnusableFile') ? message : 'is damaged: it could not be decoded');
    });
    await expect(decoded, name).rejects.toThrow(reason);
  }
});

test('HEIC is known, and refused under Node by name', async () => {
  for (const bytes of (await heicImages()).values()) {
    expect(inspectImage(bytes)).toEqual({ format: 'HEIC', width: 96, height: 96 });
    await expect(decode(bytes)).rejects.toThrow(/is HEIC, .* convert it to JPEG or PNG/);
  }
});

test('the orientation of a WebP is taken out of the file, so that no decoder turns it a second time', async () => {
  const webp = await picture().withMetadata({ orientation: 6 }).webp().toBuffer();
  const before = Buffer.from(webp);
  const { bytes, orientation } = prepareForDecoder(webp, 'WebP');
  expect(orientation).toBe(6);
  expect(readOrientation(bytes, 'WebP')).toBeNull();
  expect(webp.equals(before)).toBe(true);
});
