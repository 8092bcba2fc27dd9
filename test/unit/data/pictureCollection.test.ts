import { expect, test } from 'vitest';
import { joinPictures, keepPicture, pictureAt } from '../../../src/data/import/pictureCollection';
import { groupPictures } from '../../../src/data/import/pictureGroups';
import { exactHash } from '../../../src/data/import/pictureHash';
import type { PixelSource } from '../../../src/data/import/resample';
import type { PictureStorage, SourceSize } from '../../../src/domain/imageDataset';
import { squares } from '../../setup/storage';

type Paint = (x: number, y: number) => readonly [red: number, green: number, blue: number];

/** A picture that is read in parts; its alpha is not to be used. */
function sourceOf(width: number, height: number, paint: Paint): PixelSource {
  return {
    width,
    height,
    read(left, top, partWidth, partHeight) {
      const out = new Uint8Array(partWidth * partHeight * 4);
      for (let y = 0; y < partHeight; y++) {
        for (let x = 0; x < partWidth; x++) out.set([...paint(left + x, top + y), 7], (y * partWidth + x) * 4);
      }
      return out;
    },
  };
}

const whole = (sourceSize: SourceSize): PictureStorage => ({ sourceSize, imageSize: 32 });
const noise: Paint = (x, y) => [(x * 7919 + y * 104_729) % 256, (x * x + 31 * y) % 256, (17 * x * y) % 256];
const scene: Paint = (x, y) => ((x - 60) ** 2 + (y - 50) ** 2 < 900 ? [220, 60, 40] : [230 - x / 2, 120, 60 + y]);

test.each([
  ['large, lying', 300, 200, 64, [96, 64]],
  ['large, upright', 201, 300, 64, [64, 96]],
  ['smaller than the source size', 40, 30, 64, [40, 30]],
  ['of the source size', 64, 100, 64, [64, 100]],
  ['a strip', 64, 5000, 64, [64, 512]],
  ['a large strip', 5000, 100, 32, [256, 32]],
  ['one pixel high', 100, 1, 64, [8, 1]],
] as const)('a picture keeps its shape: %s', (_, width, height, sourceSize, kept) => {
  const picture = keepPicture(sourceOf(width, height, noise), whole(sourceSize));
  expect([picture.width, picture.height]).toEqual(kept);
  expect(picture.pixels).toHaveLength(4 * kept[0] * kept[1]);
  expect([picture.originalWidth, picture.originalHeight]).toEqual([width, height]);
  expect(picture.pixels.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
});

test('a picture that is not enlarged or shrunk has its own pixels, also the middle of a strip', () => {
  for (const [width, height, top] of [
    [40, 30, 0],
    [10, 200, 60],
  ] as const) {
    const { pixels, height: kept } = keepPicture(sourceOf(width, height, noise), whole(64));
    for (const [x, y] of [
      [0, 0],
      [width - 1, kept - 1],
      [3, 17],
    ] as const) {
      const at = 4 * (y * width + x);
      expect([...pixels.subarray(at, at + 3)]).toEqual(noise(x, top + y));
    }
  }
});

test('a square is that of earlier versions, and what is measured is still of the whole picture', () => {
  const source = sourceOf(300, 200, scene);
  const square = keepPicture(source, squares(32));
  expect([square.width, square.height]).toEqual([32, 32]);
  const { pixels: _a, width: _w, height: _h, ...measured } = square;
  const { pixels: _b, width: _v, height: _g, ...same } = keepPicture(source, whole(64));
  expect(measured).toEqual(same);
});

test('hashes tell equal and similar pictures', () => {
  const of = (width: number, height: number, paint: Paint) => keepPicture(sourceOf(width, height, paint), whole(64));
  const first = of(120, 90, scene);
  expect(of(120, 90, scene).exactHash).toEqual(first.exactHash);
  const changed: Paint = (x, y) => (x === 119 && y === 89 ? [0, 0, 0] : scene(x, y));
  expect(of(120, 90, changed).exactHash).not.toEqual(first.exactHash);
  const white: Paint = () => [255, 255, 255];
  expect(of(20, 30, white).exactHash).not.toEqual(of(30, 20, white).exactHash);
  const twice: Paint = (x, y) => scene(x / 2, y / 2);
  const bits = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, word, i) => sum + ((word ^ b[i]!) >>> 0).toString(2).replaceAll('0', '').length, 0);
  expect(bits(of(240, 180, twice).perceptualHash, first.perceptualHash)).toBeLessThanOrEqual(6);
  expect(bits(of(120, 90, noise).perceptualHash, first.perceptualHash)).toBeGreaterThan(10);
});

test('brightness is the mean grey, sharpness the variance of the Laplacian', () => {
  const grey =
    (level: number): Paint =>
    () => [level, level, level];
  const flat = keepPicture(sourceOf(50, 40, grey(90)), whole(64));
  expect([flat.brightness, flat.sharpness]).toEqual([90, 0]);
  const paint: Paint = (x, y) => Array<number>(3).fill((x * x + 3 * x * y + 11 * y) % 200) as [number, number, number];
  const [width, height] = [23, 17];
  const level = (x: number, y: number) => paint(x, y)[0];
  const laplacians: number[] = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      laplacians.push(level(x - 1, y) + level(x + 1, y) + level(x, y - 1) + level(x, y + 1) - 4 * level(x, y));
    }
  }
  const mean = laplacians.reduce((a, b) => a + b) / laplacians.length;
  const variance = laplacians.reduce((sum, value) => sum + (value - mean) ** 2, 0) / laplacians.length;
  expect(keepPicture(sourceOf(width, height, paint), whole(64)).sharpness).toBeCloseTo(variance, 6);
  expect(keepPicture(sourceOf(2, 2, noise), whole(64)).sharpness).toBe(0);
});

test('joined pictures lie one after the other, with what was measured of each', () => {
  const pictures = [
    keepPicture(sourceOf(90, 60, scene), whole(32)),
    keepPicture(sourceOf(20, 70, noise), whole(32)),
    keepPicture(sourceOf(1, 1, scene), whole(32)),
  ];
  const before = pictures.map((picture) => ({ ...picture, pixels: [...picture.pixels] }));
  const joined = joinPictures(pictures);
  expect([...joined.widths, ...joined.heights]).toEqual([48, 20, 1, 32, 70, 1]);
  expect([...joined.offsets]).toEqual([0, 4 * 48 * 32, 4 * (48 * 32 + 20 * 70)]);
  for (const [i, picture] of before.entries()) {
    const { sharpness, brightness, ...exact } = pictureAt(joined, i);
    const { sharpness: itsSharpness, brightness: itsBrightness, ...expected } = picture;
    expect({ ...exact, pixels: [...exact.pixels] }).toEqual(expected);
    expect([sharpness, brightness]).toEqual([Math.fround(itsSharpness), Math.fround(itsBrightness)]);
  }
  const [a, b] = exactHash(Uint32Array.of(1, 0xff000000 | (60 << 16) | (120 << 8) | 230));
  expect([...joined.facts.exactHashes.subarray(4)]).toEqual([a, b]);
});

test('the pixels of a batch are freed once all of its pictures are joined', () => {
  const [first, second] = [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer, Uint8Array.of(9, 10, 11, 12).buffer];
  const pixel = keepPicture(sourceOf(1, 1, scene), whole(32));
  const joined = joinPictures([
    { ...pixel, pixels: new Uint8Array(first, 4, 4) },
    { ...pixel, pixels: new Uint8Array(second) },
    { ...pixel, pixels: new Uint8Array(first, 0, 4) },
  ]);
  expect([...joined.pixels]).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4]);
  expect([first.byteLength, second.byteLength]).toEqual([0, 0]);
});

test('whole pictures are grouped where they show the same, at whichever size they were stored', () => {
  const stored = (width: number, height: number, paint: Paint) =>
    keepPicture(sourceOf(width, height, paint), whole(64));
  const scaled =
    (factor: number): Paint =>
    (x, y) =>
      scene(x / factor, y / factor);
  const groups = groupPictures(
    joinPictures([
      stored(120, 90, scene),
      stored(120, 90, (x, y) => scene(119 - x, y)),
      stored(360, 270, scaled(3)),
      stored(60, 45, scaled(0.5)),
      stored(120, 90, scene),
      stored(90, 120, (x, y) => scene(y, x)),
    ]),
  );
  expect([...groups]).toEqual([0, 1, 0, 0, 0, 5]);
});
