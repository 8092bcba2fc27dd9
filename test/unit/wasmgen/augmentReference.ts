import type { Normalisation } from '../../../src/engine/kernels/augment/normalisation';
import { AUGMENT_COLUMNS, type AugmentSwitches, COLUMN, JITTER } from '../../../src/engine/kernels/augment/params';
import type { AugmentShape } from '../../../src/engine/kernels/wasmgen/augment/views';

/** The augmentations in float64, pixel by pixel, as torchvision defines them. */

type Rgb = [number, number, number];

const clamp = (x: number): number => Math.min(1, Math.max(0, x));
const greyOf = ([r, g, b]: Rgb): number => 0.2989 * r + 0.587 * g + 0.114 * b;
const map = (colour: Rgb, to: (x: number, channel: number) => number): Rgb => colour.map(to) as Rgb;

function shiftHue(colour: Rgb, turns: number): Rgb {
  const [r, g, b] = colour;
  const value = Math.max(r, g, b);
  const chroma = value - Math.min(r, g, b);
  if (chroma === 0) return colour;
  const sixths = value === r ? (g - b) / chroma : value === g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
  return map(colour, (_, channel) => {
    const k = [5, 3, 1][channel]! + sixths + 6 * turns;
    const wrapped = k - 6 * Math.floor(k / 6);
    return value - chroma * clamp(Math.min(wrapped, 4 - wrapped));
  });
}

interface Tap {
  readonly place: number;
  readonly weight: number;
}

/** Along a line of `length` pixels: those that contribute to `target`, with weights whose sum is 1. */
function tapsOf(target: number, start: number, length: number, outSize: number, antialias: boolean): Tap[] {
  if (antialias && length > outSize) {
    const scale = length / outSize;
    const weights = Array.from({ length }, (_, place) =>
      Math.max(0, 1 - Math.abs(place + 0.5 - (target + 0.5) * scale) / scale),
    );
    const total = weights.reduce((a, b) => a + b);
    return weights.map((weight, place) => ({ place: start + place, weight: weight / total }));
  }
  const source = Math.min(Math.max(((target + 0.5) * length) / outSize - 0.5, 0), length - 1);
  const low = Math.floor(source);
  return [
    { place: start + low, weight: 1 - (source - low) },
    { place: start + Math.min(low + 1, length - 1), weight: source - low },
  ];
}

const reflect = (place: number, length: number): number =>
  place < 0 ? -place : place >= length ? 2 * (length - 1) - place : place;

export function referenceViews(
  shape: AugmentShape,
  pixels: Uint8Array,
  params: Float32Array,
  { mean, std }: Normalisation,
  { blur, antialias }: AugmentSwitches,
): Float64Array {
  const { images, inHeight, inWidth, views, outHeight, outWidth } = shape;
  const out = new Float64Array(views * outHeight * outWidth * 3);
  for (let v = 0; v < views; v++) {
    const p = params.subarray(v * AUGMENT_COLUMNS, (v + 1) * AUGMENT_COLUMNS);
    const pixel = (y: number, x: number): Rgb => {
      const place = (((v % images) * inHeight + y) * inWidth + x) * 4;
      return [pixels[place]! / 255, pixels[place + 1]! / 255, pixels[place + 2]! / 255];
    };
    let view: Rgb[] = [];
    for (let y = 0; y < outHeight; y++)
      for (let x = 0; x < outWidth; x++) {
        const rows = tapsOf(y, p[COLUMN.top]!, p[COLUMN.height]!, outHeight, antialias);
        const from = p[COLUMN.flip]! > 0 ? outWidth - 1 - x : x;
        const columns = tapsOf(from, p[COLUMN.left]!, p[COLUMN.width]!, outWidth, antialias);
        view.push(
          map([0, 0, 0], (_zero, c) =>
            rows.reduce(
              (sum, row) =>
                sum +
                columns.reduce(
                  (line, { place, weight }) => line + row.weight * weight * pixel(row.place, place)[c]!,
                  0,
                ),
              0,
            ),
          ),
        );
      }
    for (let slot = 0; slot < 4; slot++) {
      const [step, factor] = [p[COLUMN.steps + slot]!, p[COLUMN.factors + slot]!];
      const average = view.reduce((sum, colour) => sum + greyOf(colour), 0) / view.length;
      if (step === JITTER.hue) view = view.map((colour) => shiftHue(colour, factor));
      else if (step !== JITTER.none) {
        view = view.map((colour) => {
          const other = step === JITTER.contrast ? average : step === JITTER.saturation ? greyOf(colour) : 0;
          return map(colour, (x) => clamp(factor * x + (1 - factor) * other));
        });
      }
    }
    if (p[COLUMN.grayscale]! > 0) view = view.map((colour) => map(colour, () => greyOf(colour)));
    if (blur && p[COLUMN.blurRadius]! > 0) {
      const [sigma, radius] = [p[COLUMN.sigma]!, p[COLUMN.blurRadius]!];
      const taps = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-0.5 * ((i - radius) / sigma) ** 2));
      const total = taps.reduce((a, b) => a + b);
      const along = (rows: boolean) =>
        view.map((_, i) => {
          const [y, x] = [Math.floor(i / outWidth), i % outWidth];
          return map([0, 0, 0], (_zero, c) =>
            taps.reduce((sum, weight, tap) => {
              const yy = rows ? reflect(y + tap - radius, outHeight) : y;
              const xx = rows ? x : reflect(x + tap - radius, outWidth);
              return sum + (weight / total) * view[yy * outWidth + xx]![c]!;
            }, 0),
          );
        });
      view = along(false);
      view = along(true);
    }
    view.forEach((colour, i) => {
      for (let c = 0; c < 3; c++) out[(v * view.length + i) * 3 + c] = (colour[c]! - mean[c]!) / std[c]!;
    });
  }
  return out;
}
