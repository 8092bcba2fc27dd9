import { expect, test } from 'vitest';
import { centerSquare, type PixelSource } from '../../../src/data/import/resample';

/** A source that also checks that it is read within its bounds. */
function sourceOf(width: number, height: number, colorAt: (x: number, y: number) => readonly number[]): PixelSource {
  return {
    width,
    height,
    read(left, top, partWidth, partHeight) {
      expect(left >= 0 && top >= 0 && left + partWidth <= width && top + partHeight <= height).toBe(true);
      const out = new Uint8Array(partWidth * partHeight * 4);
      for (let y = 0; y < partHeight; y++) {
        for (let x = 0; x < partWidth; x++) out.set([...colorAt(left + x, top + y), 0], (y * partWidth + x) * 4);
      }
      return out;
    },
  };
}

function square(source: PixelSource, size: number): Uint8Array {
  const out = new Uint8Array(size * size * 4);
  centerSquare(source, size, out);
  return out;
}

test('an image of the wanted size is copied, opaque', () => {
  const out = square(
    sourceOf(32, 32, (x, y) => [x, y, 7]),
    32,
  );
  expect([...out.subarray((5 * 32 + 9) * 4, (5 * 32 + 10) * 4)]).toEqual([9, 5, 7, 255]);
});

test.each([
  [200, 90],
  [90, 200],
  [33, 31],
  [7, 5],
  [1, 400],
])('one colour stays itself at %i x %i', (width, height) => {
  const out = square(
    sourceOf(width, height, () => [200, 100, 50]),
    32,
  );
  for (let i = 0; i < out.length; i += 4) expect([...out.subarray(i, i + 4)]).toEqual([200, 100, 50, 255]);
});

test('the centre square is used', () => {
  const colorAt = (x: number) => (x < 100 ? [255, 0, 0] : x < 200 ? [0, 255, 0] : [0, 0, 255]);
  const out = square(sourceOf(300, 100, colorAt), 32);
  for (let i = 0; i < out.length; i += 4) expect([...out.subarray(i, i + 3)]).toEqual([0, 255, 0]);
});

test('fine stripes become their mean, without aliasing', () => {
  const out = square(
    sourceOf(1024, 1024, (x) => (x % 2 === 0 ? [0, 0, 0] : [255, 255, 255])),
    32,
  );
  for (let i = 0; i < out.length; i += 4) expect(Math.abs(out[i] - 127.5)).toBeLessThanOrEqual(2);
});

test('a large image read in bands has no seams', () => {
  // 2,000 rows of 2,000 pixels are read in four bands.
  const out = square(
    sourceOf(2000, 2000, (x, y) => [Math.floor(y / 8), Math.floor(x / 8), 0]),
    32,
  );
  for (let y = 1; y < 31; y++)
    expect(Math.abs(out[(y * 32 + 10) * 4] - ((y + 0.5) * 2000) / 32 / 8 + 0.4)).toBeLessThan(1);
});

test.each([45, 100, 20])('agrees with a triangle filter written out in two dimensions, from %i pixels', (side) => {
  const pixel = (x: number, y: number) => (x * 7919 + y * 104_729 + ((x * y) % 1013) * 31) % 256;
  const out = square(
    sourceOf(side, side, (x, y) => [pixel(x, y), 0, 0]),
    32,
  );
  const scale = side / 32;
  const reach = Math.max(1, scale);
  for (let i = 0; i < 32; i++) {
    for (let j = 0; j < 32; j++) {
      let sum = 0;
      let weights = 0;
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const dx = Math.abs(x + 0.5 - (j + 0.5) * scale) / reach;
          const dy = Math.abs(y + 0.5 - (i + 0.5) * scale) / reach;
          const weight = Math.max(0, 1 - dx) * Math.max(0, 1 - dy);
          sum += weight * pixel(x, y);
          weights += weight;
        }
      }
      expect(Math.abs(out[(i * 32 + j) * 4] - sum / weights)).toBeLessThan(0.51);
    }
  }
});
