import { ExactHash, perceptualHash, Shrinking } from './pictureHash';
import type { OnBand } from './resample';

/** What is measured of one picture; the fields of `PictureFacts`. */
export interface Measures {
  readonly exactHash: readonly [number, number];
  readonly perceptualHash: readonly [number, number];
  readonly sharpness: number;
  readonly brightness: number;
}

const OPAQUE = 0xff000000;
/** Grey is computed in thousandths of a level, which makes it a whole number. */
const UNIT = 1000;

/** Measures a picture from its rows as they are decoded, so that a large picture is never in memory as a whole. */
export class PictureMeter {
  readonly #width: number;
  readonly #height: number;
  readonly #exact = new ExactHash();
  readonly #shrinking: Shrinking;
  /** Greys of the last three rows. */
  #greys: readonly [Int32Array, Int32Array, Int32Array];
  /** The pixels of a row as words. */
  readonly #words: Int32Array;
  #row = 0;
  #greySum = 0;
  #laplacians = 0;
  #laplacianSquares = 0;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#shrinking = new Shrinking(width, height);
    this.#greys = [new Int32Array(width), new Int32Array(width), new Int32Array(width)];
    this.#words = new Int32Array(width);
    // Pictures of one colour are equal only if they have the same shape.
    this.#exact.add([width]);
  }

  /** Adds the next rows. */
  readonly add: OnBand = (rgba, rows) => {
    for (let y = 0; y < rows; y++) {
      const offset = y * this.#width * 4;
      this.#addGreys(rgba, offset);
      this.#shrinking.addRow(rgba, offset, this.#row);
      this.#row += 1;
      if (this.#row > 2) this.#addLaplacians();
    }
  };

  #addGreys(rgba: Uint8Array | Uint8ClampedArray, offset: number): void {
    const [oldest, before, last] = this.#greys;
    const words = this.#words;
    const width = this.#width;
    let sum = 0;
    for (let x = 0, from = offset; x < width; x++, from += 4) {
      const red = rgba[from];
      const green = rgba[from + 1];
      const blue = rgba[from + 2];
      words[x] = red | (green << 8) | (blue << 16) | OPAQUE;
      // ITU-R BT.601.
      const grey = 299 * red + 587 * green + 114 * blue;
      oldest[x] = grey;
      sum += grey;
    }
    this.#exact.add(words);
    this.#greySum += sum;
    this.#greys = [before, last, oldest];
  }

  /** The Laplacian of the row in the middle; the picture's border has none. */
  #addLaplacians(): void {
    const [above, row, below] = this.#greys;
    let sum = 0;
    let squares = 0;
    for (let x = 1; x < row.length - 1; x++) {
      const laplacian = above[x] + below[x] + row[x - 1] + row[x + 1] - 4 * row[x];
      sum += laplacian;
      squares += laplacian * laplacian;
    }
    this.#laplacians += sum;
    this.#laplacianSquares += squares;
  }

  /** Of the whole picture, once all its rows are added. */
  get measures(): Measures {
    const inner = (this.#width - 2) * (this.#height - 2);
    const hasInner = this.#width > 2 && this.#height > 2;
    const mean = this.#laplacians / inner;
    return {
      exactHash: this.#exact.words,
      perceptualHash: perceptualHash(this.#shrinking.sums),
      sharpness: hasInner ? (this.#laplacianSquares / inner - mean * mean) / UNIT ** 2 : 0,
      brightness: this.#greySum / (this.#width * this.#height) / UNIT,
    };
  }
}
