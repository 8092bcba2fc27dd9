import { SIDE as COPY_SIDE } from './pictureCopies';

// Copied, since imported constants are slow to read in loops where modules are not bundled.
const SIDE = COPY_SIDE;

/** A rectangle of a picture, in shares of its sides. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Frequencies a side of which a view is described. */
const FREQUENCIES = 6;

/** Numbers that describe a view: the low frequencies but the constant one. */
export const DESCRIPTION_LENGTH = FREQUENCIES ** 2 - 1;

/** In levels: a view whose grey varies less has nothing to recognise it by. */
const FLAT_BELOW = 2.5;

/** What a rectangle's cosines, of its own width and height, are integrated with over the pixels of a copy. */
export class View {
  readonly rectangle: Rectangle;
  readonly #across: Float64Array;
  readonly #down: Float64Array;
  readonly #rows = new Float64Array(FREQUENCIES * SIDE);

  constructor(rectangle: Rectangle) {
    this.rectangle = rectangle;
    this.#across = cosinesOf(rectangle.left * SIDE, rectangle.right * SIDE);
    this.#down = cosinesOf(rectangle.top * SIDE, rectangle.bottom * SIDE);
  }

  /**
   * Describes the view of a picture by a vector of length 1 that brightness and contrast do not change: the low frequencies of its discrete
   * cosine transform. Each is multiplied by its distance from 0, since the spectra of photographs fall with it.
   * @returns false, and zeros, where the view is nearly flat
   */
  describe(grey: Float32Array, out: Float32Array): boolean {
    const rows = this.#rows;
    for (let u = 0; u < FREQUENCIES; u++) {
      for (let y = 0; y < SIDE; y++) {
        let sum = 0;
        for (let x = 0; x < SIDE; x++) sum += this.#across[u * SIDE + x] * grey[y * SIDE + x];
        rows[u * SIDE + y] = sum;
      }
    }
    let squares = 0;
    let variance = 0;
    for (let i = 1; i < FREQUENCIES ** 2; i++) {
      const u = i % FREQUENCIES;
      const v = Math.floor(i / FREQUENCIES);
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += this.#down[v * SIDE + y] * rows[u * SIDE + y];
      variance += sum * sum;
      const value = sum * Math.hypot(u, v);
      out[i - 1] = value;
      squares += value * value;
    }
    const isFlat = Math.sqrt(variance) < FLAT_BELOW;
    const scale = isFlat ? 0 : 1 / Math.sqrt(squares);
    for (let i = 0; i < DESCRIPTION_LENGTH; i++) out[i] *= scale;
    return !isFlat;
  }
}

/** Mirrors a description from left to right: the odd frequencies change their signs. */
export function mirrorDescription(description: Float32Array, out: Float32Array): void {
  for (let i = 1; i < FREQUENCIES ** 2; i++) {
    out[i - 1] = (i % FREQUENCIES) % 2 === 1 ? -description[i - 1] : description[i - 1];
  }
}

/** Orthonormal cosines between two places of a line of `SIDE` pixels, integrated over each pixel: [FREQUENCIES, SIDE]. */
function cosinesOf(start: number, end: number): Float64Array {
  const cosines = new Float64Array(FREQUENCIES * SIDE);
  const length = end - start;
  for (let u = 0; u < FREQUENCIES; u++) {
    const integral = (at: number) =>
      u === 0 ? at / length : (Math.SQRT2 * Math.sin((Math.PI * u * (at - start)) / length)) / (Math.PI * u);
    for (let x = 0; x < SIDE; x++) {
      const low = Math.max(start, x);
      const high = Math.min(end, x + 1);
      if (high > low) cosines[u * SIDE + x] = integral(high) - integral(low);
    }
  }
  return cosines;
}
