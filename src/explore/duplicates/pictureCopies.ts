import type { PictureCopies } from '../../domain/exploration';

/** Side of the copies on which pictures are compared. */
export const SIDE = 32;
export const AREA = SIDE * SIDE;

/** The pixels of a line that a cell covers, with the weight of each. */
interface Tap {
  readonly start: number;
  readonly weights: Float64Array;
}

const knownTaps = new Map<number, readonly Tap[]>();

/** Boxes that average where a line is shortened, or triangles between two pixels where it is lengthened. */
function tapsOf(length: number): readonly Tap[] {
  const known = knownTaps.get(length);
  if (known !== undefined) return known;
  if (knownTaps.size > 64) knownTaps.clear();
  const scale = length / SIDE;
  const taps = Array.from({ length: SIDE }, (_, cell) => {
    if (scale >= 1) {
      const start = Math.floor(cell * scale);
      const end = Math.min(length, Math.ceil((cell + 1) * scale - 1e-9));
      const weights = Float64Array.from({ length: end - start }, (_, i) => {
        const low = Math.max(start + i, cell * scale);
        return (Math.min(start + i + 1, (cell + 1) * scale) - low) / scale;
      });
      return { start, weights };
    }
    const centre = Math.max(0, Math.min(length - 1, (cell + 0.5) * scale - 0.5));
    const start = Math.min(Math.floor(centre), Math.max(0, length - 2));
    const share = centre - start;
    return { start, weights: Float64Array.from(length === 1 ? [1] : [1 - share, share]) };
  });
  knownTaps.set(length, taps);
  return taps;
}

/** Writes a picture's copy. @param pixels RGBA, `width` x `height` @param out [3, SIDE, SIDE] */
export function writePictureCopy(pixels: Uint8Array, width: number, height: number, out: Uint8Array): void {
  const columns = tapsOf(width);
  const rows = tapsOf(height);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      const { start: top, weights: down } = rows[y];
      const { start: left, weights: across } = columns[x];
      for (let j = 0; j < down.length; j++) {
        let at = 4 * ((top + j) * width + left);
        for (let i = 0; i < across.length; i++, at += 4) {
          const weight = down[j] * across[i];
          red += weight * pixels[at];
          green += weight * pixels[at + 1];
          blue += weight * pixels[at + 2];
        }
      }
      const to = y * SIDE + x;
      out[to] = Math.round(red);
      out[AREA + to] = Math.round(green);
      out[2 * AREA + to] = Math.round(blue);
    }
  }
}

/** The grey copy of a picture by the weights of ITU-R BT.601, in levels. */
export function greyCopy({ colours }: PictureCopies, index: number): Float32Array {
  const grey = new Float32Array(AREA);
  const red = 3 * AREA * index;
  for (let i = 0; i < AREA; i++) {
    grey[i] = 0.299 * colours[red + i] + 0.587 * colours[red + AREA + i] + 0.114 * colours[red + 2 * AREA + i];
  }
  return grey;
}

/** A copy's channel with no more fine structure than a picture of `width` x `height` pixels has: reduced to it, then enlarged again. */
export function atResolution(values: Float32Array, width: number, height: number): Float32Array {
  const across = lines(values, width, 1, SIDE);
  return lines(across, height, SIDE, 1);
}

/** Reduces each line to `length` pixels and enlarges it again. @param step from pixel to pixel in a line @param next from line to line */
function lines(values: Float32Array, length: number, step: number, next: number): Float32Array {
  if (length >= SIDE) return values;
  const out = new Float32Array(AREA);
  const short = new Float32Array(length);
  const scale = SIDE / length;
  const taps = tapsOf(length);
  for (let line = 0; line < SIDE; line++) {
    for (let cell = 0; cell < length; cell++) {
      let sum = 0;
      for (let i = Math.floor(cell * scale); i < Math.min(SIDE, (cell + 1) * scale); i++) {
        const covered = Math.min(i + 1, (cell + 1) * scale) - Math.max(i, cell * scale);
        sum += covered * values[line * next + i * step];
      }
      short[cell] = sum / scale;
    }
    for (let pixel = 0; pixel < SIDE; pixel++) {
      const { start, weights } = taps[pixel];
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * short[start + i];
      out[line * next + pixel * step] = sum;
    }
  }
  return out;
}
