/** An upright, opaque image that is read in parts, so that only some rows of a large image are in memory at a time. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /** RGBA bytes of a rectangle, row-major; alpha is ignored. Valid until the next call. */
  read(x: number, y: number, width: number, height: number): Uint8Array | Uint8ClampedArray;
}

/** Pixels read at a time. */
const BAND_PIXELS = 2 ** 20;

/** The source pixels that contribute to an output pixel, with their weights. */
interface Tap {
  readonly start: number;
  readonly weights: Float64Array;
}

/**
 * A triangle as wide as two output pixels, or as two source pixels when enlarging: the "bilinear with antialiasing" of Pillow and
 * torchvision. Every source pixel contributes, so that shrinking by any factor does not alias.
 */
function triangleTaps(from: number, to: number): Tap[] {
  const scale = from / to;
  const support = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.floor(center - support + 0.5));
    const end = Math.min(from, Math.floor(center + support + 0.5));
    const weights = Float64Array.from({ length: end - start }, (_, k) =>
      Math.max(0, 1 - Math.abs((start + k + 0.5 - center) / support)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { start, weights: weights.map((weight) => weight / sum) };
  });
}

/** One row of RGBA to `taps.length` RGB triples. */
function shrinkRow(
  rgba: Uint8Array | Uint8ClampedArray,
  offset: number,
  taps: readonly Tap[],
  out: Float64Array,
): void {
  let to = 0;
  for (const { start, weights } of taps) {
    let red = 0;
    let green = 0;
    let blue = 0;
    let from = offset + start * 4;
    for (const weight of weights) {
      red += weight * rgba[from];
      green += weight * rgba[from + 1];
      blue += weight * rgba[from + 2];
      from += 4;
    }
    out[to++] = red;
    out[to++] = green;
    out[to++] = blue;
  }
}

/**
 * The centre square of an image, scaled to `size` x `size`, as RGBA bytes with alpha 255. The same pixels give the same bytes on every
 * machine, which the browsers' own scaling does not guarantee.
 */
export function centerSquare(source: PixelSource, size: number, out: Uint8Array): void {
  const side = Math.min(source.width, source.height);
  const left = Math.floor((source.width - side) / 2);
  const top = Math.floor((source.height - side) / 2);
  if (side === size) {
    out.set(source.read(left, top, size, size));
    for (let i = 3; i < out.length; i += 4) out[i] = 255;
    return;
  }
  const taps = triangleTaps(side, size);
  const row = new Float64Array(size * 3);
  const sums = new Float64Array(size * size * 3);
  const bandRows = Math.max(1, Math.floor(BAND_PIXELS / side));
  for (let band = 0; band < side; band += bandRows) {
    const rows = Math.min(bandRows, side - band);
    const rgba = source.read(left, top + band, side, rows);
    for (let y = 0; y < rows; y++) {
      shrinkRow(rgba, y * side * 4, taps, row);
      addRow(row, band + y, taps, sums);
    }
  }
  for (let i = 0, to = 0; i < sums.length; i += 3) {
    out[to++] = Math.round(sums[i]);
    out[to++] = Math.round(sums[i + 1]);
    out[to++] = Math.round(sums[i + 2]);
    out[to++] = 255;
  }
}

/** Adds a horizontally scaled source row to every output row that it contributes to. */
function addRow(row: Float64Array, y: number, taps: readonly Tap[], sums: Float64Array): void {
  for (const [i, { start, weights }] of taps.entries()) {
    if (start > y) return;
    const weight = weights[y - start];
    if (weight === undefined) continue;
    const offset = i * row.length;
    for (const [x, value] of row.entries()) sums[offset + x] += weight * value;
  }
}
