/** Side of the small copy on which pictures are compared. */
const SIDE = 16;
/** Values of a comparable copy: red, green and blue of each of its pixels. */
export const COPY_LENGTH = SIDE * SIDE * 3;
/** A comparable copy is a unit vector in units of 1/32767. */
const UNIT = 32_767;

/** Frequencies a side of the block of lowest ones that a perceptual hash is made of. */
const FREQUENCIES = 8;

/** Below this standard deviation, in levels of 0 to 255, what a picture shows may be noise of its compression. */
const FLAT_BELOW = 4;

/** The basis of the discrete cosine transform, in whole numbers: sums are then exact, and the same on every machine. */
const COSINES = Array.from({ length: FREQUENCIES }, (_, k) =>
  Float64Array.from({ length: SIDE }, (_, x) => Math.round(4096 * Math.cos((Math.PI * (2 * x + 1) * k) / (2 * SIDE)))),
);

/** Two 32-bit hashes of words that are added one after the other; equal words have equal hashes. */
export class ExactHash {
  #a = 0x811c9dc5;
  #b = 0x9e3779b9;

  add(words: ArrayLike<number>): void {
    // Local variables stay in registers, unlike fields.
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < words.length; i++) {
      const word = words[i];
      a = Math.imul(a ^ word, 0x01000193);
      a ^= a >>> 15;
      b = Math.imul(b ^ word, 0x85ebca6b);
      b ^= b >>> 13;
    }
    this.#a = a;
    this.#b = b;
  }

  get words(): readonly [number, number] {
    return [this.#a >>> 0, this.#b >>> 0];
  }
}

/**
 * Two 32-bit hashes of a picture's bytes; equal pictures have equal hashes.
 * @param words RGBA, one word a pixel
 */
export function exactHash(words: Uint32Array): readonly [number, number] {
  const hash = new ExactHash();
  hash.add(words);
  return hash.words;
}

/** The pixels of a line that lie in a cell, with the share of each that does. */
interface Cell {
  readonly start: number;
  readonly shares: Float64Array;
}

const knownCells = new Map<number, readonly Cell[]>();

/** As `cellsOf`; those of the last lengths are kept, since the pictures of a data set often have one shape. */
function keptCellsOf(length: number): readonly Cell[] {
  const known = knownCells.get(length);
  if (known !== undefined) return known;
  if (knownCells.size > 64) knownCells.clear();
  const cells = cellsOf(length);
  knownCells.set(length, cells);
  return cells;
}

/** A line of `length` pixels cut into 16 equal cells. Shares are whole sixteenths, so that sums of pixels are exact. */
function cellsOf(length: number): Cell[] {
  return Array.from({ length: SIDE }, (_, cell) => {
    const start = Math.floor((cell * length) / SIDE);
    const end = Math.ceil(((cell + 1) * length) / SIDE);
    const shares = Float64Array.from({ length: end - start }, (_, i) => {
      const low = Math.max(SIDE * (start + i), cell * length);
      const high = Math.min(SIDE * (start + i + 1), (cell + 1) * length);
      return (high - low) / SIDE;
    });
    return { start, shares };
  });
}

/** Makes a picture's copy of 16 x 16 cells from its rows: red, green and blue of each cell, as sums over its pixels. */
export class Shrinking {
  readonly #columns: readonly Cell[];
  readonly #rows: readonly Cell[];
  readonly #row = new Float64Array(SIDE * 3);
  readonly sums = new Float64Array(COPY_LENGTH);

  constructor(width: number, height: number) {
    this.#columns = keptCellsOf(width);
    this.#rows = keptCellsOf(height);
  }

  /** @param offset where row `y` starts in `rgba`, in bytes */
  addRow(rgba: Uint8Array | Uint8ClampedArray, offset: number, y: number): void {
    const row = this.#row;
    for (let cell = 0; cell < SIDE; cell++) {
      const { start, shares } = this.#columns[cell];
      let red = 0;
      let green = 0;
      let blue = 0;
      let from = offset + 4 * start;
      for (let i = 0; i < shares.length; i++, from += 4) {
        const share = shares[i];
        red += share * rgba[from];
        green += share * rgba[from + 1];
        blue += share * rgba[from + 2];
      }
      row[3 * cell] = red;
      row[3 * cell + 1] = green;
      row[3 * cell + 2] = blue;
    }
    for (let cell = 0; cell < SIDE; cell++) {
      const { start, shares } = this.#rows[cell];
      const share = shares[y - start];
      if (share === undefined) continue;
      const to = cell * SIDE * 3;
      for (let i = 0; i < row.length; i++) this.sums[to + i] += share * row[i];
    }
  }
}

/**
 * A picture at 16 x 16 cells: red, green and blue of each, as sums over its pixels.
 * @param pixels `width` x `height` RGBA
 */
export function shrink(pixels: Uint8Array, width: number, height: number): Float64Array {
  const shrinking = new Shrinking(width, height);
  for (let y = 0; y < height; y++) shrinking.addRow(pixels, y * width * 4, y);
  return shrinking.sums;
}

/**
 * The perceptual hash (pHash): which of the 64 lowest frequencies of the grey picture lie above their median. The constant frequency has
 * no bit. Brightness and contrast do not change the hash.
 * @param small the picture by `shrink`
 * @returns bits 0 to 31 and bits 32 to 63
 */
export function perceptualHash(small: Float64Array): readonly [number, number] {
  const frequencies = lowFrequencies(greyOf(small));
  const median = frequencies.slice(1).sort()[(frequencies.length - 1) >> 1];
  let low = 0;
  let high = 0;
  for (let i = 1; i < frequencies.length; i++) {
    if (frequencies[i] <= median) continue;
    if (i < 32) low |= 1 << i;
    else high |= 1 << (i - 32);
  }
  return [low >>> 0, high >>> 0];
}

/** Grey by the weights of ITU-R BT.601, in thousandths. */
function greyOf(small: Float64Array): Float64Array {
  const grey = new Float64Array(SIDE * SIDE);
  for (let i = 0; i < grey.length; i++) grey[i] = 299 * small[3 * i] + 587 * small[3 * i + 1] + 114 * small[3 * i + 2];
  return grey;
}

/** The lowest 8 x 8 frequencies of 16 x 16 values, without normalisation. */
function lowFrequencies(values: Float64Array): Float64Array {
  const rows = new Float64Array(SIDE * FREQUENCIES);
  for (let y = 0; y < SIDE; y++) {
    for (let u = 0; u < FREQUENCIES; u++) {
      const basis = COSINES[u];
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += basis[x] * values[y * SIDE + x];
      rows[y * FREQUENCIES + u] = sum;
    }
  }
  const out = new Float64Array(FREQUENCIES * FREQUENCIES);
  for (let v = 0; v < FREQUENCIES; v++) {
    const basis = COSINES[v];
    for (let u = 0; u < FREQUENCIES; u++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += basis[y] * rows[y * FREQUENCIES + u];
      out[v * FREQUENCIES + u] = sum;
    }
  }
  return out;
}

/**
 * Writes a picture's comparable copy: the mean of each colour channel is subtracted, and the vector gets length 1. Brightness and
 * contrast do not change it; colour does.
 * @param small the picture by `shrink`
 * @param area its pixels before
 * @returns false, and zeros, when the picture is nearly flat and has nothing to compare
 */
export function writeCopy(small: Float64Array, area: number, out: Int16Array): boolean {
  const means = [0, 0, 0];
  for (let i = 0; i < COPY_LENGTH; i++) means[i % 3] += small[i] / (SIDE * SIDE);
  let squares = 0;
  for (let i = 0; i < COPY_LENGTH; i++) squares += (small[i] - means[i % 3]) ** 2;
  const isFlat = Math.sqrt(squares / COPY_LENGTH) / (area / SIDE ** 2) < FLAT_BELOW;
  const scale = isFlat ? 0 : UNIT / Math.sqrt(squares);
  for (let i = 0; i < COPY_LENGTH; i++) out[i] = Math.round((small[i] - means[i % 3]) * scale);
  return !isFlat;
}

/** Whether two comparable copies correlate by at least `correlation`. */
export function copiesAreAlike(a: Int16Array, b: Int16Array, correlation: number): boolean {
  // For unit vectors |a - b|^2 = 2 - 2r. A sum of squares only grows, so the loop can stop early, unlike that of a product.
  const most = (2 - 2 * correlation) * UNIT * UNIT;
  let sum = 0;
  for (let i = 0; i < COPY_LENGTH; i += 16) {
    for (let k = i; k < i + 16; k++) {
      const difference = a[k] - b[k];
      sum += difference * difference;
    }
    if (sum > most) return false;
  }
  return true;
}
