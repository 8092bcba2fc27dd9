import { LONGEST_RATIO, type PictureStorage } from '../../domain/imageDataset';

/** An upright, opaque image that is read in parts, so that only some rows of a large image are in memory at a time. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /** RGBA bytes of a rectangle, row-major; alpha is ignored. Valid until the next call. */
  read(x: number, y: number, width: number, height: number): Uint8Array | Uint8ClampedArray;
}

/** Pixels read at a time. */
const BAND_PIXELS = 2 ** 20;

/** A part of an image, and the size in pixels at which it is kept. */
export interface KeptPart {
  readonly left: number;
  readonly top: number;
  /** Of the part. */
  readonly width: number;
  readonly height: number;
  readonly keptWidth: number;
  readonly keptHeight: number;
}

/** The source pixels that contribute to an output pixel, with their weights. */
interface Tap {
  readonly start: number;
  readonly weights: Float64Array;
}

/** Receives the bands of an image, from the top down: `rgba` holds `rows` whole rows. Valid until the next call. */
export type OnBand = (rgba: Uint8Array | Uint8ClampedArray, rows: number) => void;

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
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i];
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

/** Adds a horizontally scaled source row to every output row that it contributes to. */
function addRow(row: Float64Array, y: number, taps: readonly Tap[], sums: Float64Array): void {
  for (let i = 0; i < taps.length; i++) {
    const { start, weights } = taps[i];
    if (start > y) return;
    if (y - start >= weights.length) continue;
    const weight = weights[y - start];
    const offset = i * row.length;
    for (let x = 0; x < row.length; x++) sums[offset + x] += weight * row[x];
  }
}

/** The centre square of an image of `width` x `height`, kept at `size` x `size`. */
function centreSquare(width: number, height: number, size: number): KeptPart {
  const side = Math.min(width, height);
  const left = Math.floor((width - side) / 2);
  const top = Math.floor((height - side) / 2);
  return { left, top, width: side, height: side, keptWidth: size, keptHeight: size };
}

/**
 * Which part of an image of `width` x `height` is kept, and at which size. Whole pictures keep their shape: the short side is scaled down to
 * the source size, and nothing is enlarged. Of a picture that is longer than `LONGEST_RATIO` times its short side, the middle part is kept:
 * random crops of the usual area do not fit into a longer one, and a strip of 64 x 5,000 pixels would take the memory of 78 squares.
 */
export function keptPart(width: number, height: number, { sourceSize, imageSize }: PictureStorage): KeptPart {
  if (sourceSize === 'square') return centreSquare(width, height, imageSize);
  const short = Math.min(width, height);
  const partWidth = Math.min(width, LONGEST_RATIO * short);
  const partHeight = Math.min(height, LONGEST_RATIO * short);
  const scale = Math.min(1, sourceSize / short);
  return {
    left: Math.floor((width - partWidth) / 2),
    top: Math.floor((height - partHeight) / 2),
    width: partWidth,
    height: partHeight,
    keptWidth: Math.round(partWidth * scale),
    keptHeight: Math.round(partHeight * scale),
  };
}

/** Whole pictures pass their rows through here once, so that what is measured of them needs no second reading. */
function eachBand(
  source: PixelSource,
  use: (rgba: Uint8Array | Uint8ClampedArray, top: number, rows: number) => void,
): void {
  const { width, height } = source;
  const bandRows = Math.max(1, Math.floor(BAND_PIXELS / width));
  for (let top = 0; top < height; top += bandRows) {
    const rows = Math.min(bandRows, height - top);
    use(source.read(0, top, width, rows), top, rows);
  }
}

/**
 * A part of an image at the size at which it is kept, as RGBA bytes with alpha 255. The same pixels give the same bytes on every machine,
 * which the browsers' own scaling does not guarantee.
 * @param onBand receives the whole image, also what lies outside the part
 */
export function scalePart(
  source: PixelSource,
  part: KeptPart,
  onBand: OnBand = () => undefined,
): Uint8Array<ArrayBuffer> {
  const { left, top: partTop, width, height, keptWidth, keptHeight } = part;
  const out = new Uint8Array(keptWidth * keptHeight * 4);
  const isCopy = width === keptWidth && height === keptHeight;
  const columns = isCopy ? [] : triangleTaps(width, keptWidth);
  const rows = isCopy ? [] : triangleTaps(height, keptHeight);
  const row = new Float64Array(columns.length * 3);
  const sums = new Float64Array(columns.length * rows.length * 3);
  eachBand(source, (rgba, top, count) => {
    onBand(rgba, count);
    const end = Math.min(count, partTop + height - top);
    for (let y = Math.max(0, partTop - top); y < end; y++) {
      const from = (y * source.width + left) * 4;
      const target = top + y - partTop;
      if (isCopy) {
        out.set(rgba.subarray(from, from + width * 4), target * width * 4);
        continue;
      }
      shrinkRow(rgba, from, columns, row);
      addRow(row, target, rows, sums);
    }
  });
  if (isCopy) {
    for (let i = 3; i < out.length; i += 4) out[i] = 255;
    return out;
  }
  for (let i = 0, to = 0; i < sums.length; i += 3) {
    out[to++] = Math.round(sums[i]);
    out[to++] = Math.round(sums[i + 1]);
    out[to++] = Math.round(sums[i + 2]);
    out[to++] = 255;
  }
  return out;
}

/** The centre square of an image, scaled to `size` x `size`. */
export function centerSquare(source: PixelSource, size: number, out: Uint8Array): void {
  out.set(scalePart(source, centreSquare(source.width, source.height, size)));
}
