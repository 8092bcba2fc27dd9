import type { PictureCopies } from '../../domain/exploration';
import { type Alignment, alignPictures, warped } from './alignPictures';
import type { Candidate } from './candidates';
import { atResolution, AREA as COPY_AREA, SIDE as COPY_SIDE } from './pictureCopies';

// Copied, since imported constants are slow to read in loops where modules are not bundled.
const SIDE = COPY_SIDE;
const AREA = COPY_AREA;

/** Side of the blocks in which differences are measured, in pixels of the copy. */
const BLOCK = 4;

/** Levels beyond which a pixel may have been cut off. */
const DARK = 4;
const BRIGHT = 251;

const CHANNELS = [0, 1, 2] as const;

/** The rows of the copies that are compared. */
export type Rows = readonly [from: number, to: number];

/** How picture b agrees with what picture a should look like there: laid upon it, with contrast and brightness changed, cut off at black and white. */
export interface Agreement {
  /** The share of b that a covers. */
  readonly overlap: number;
  /** Correlation of all colour levels, in [-1, 1]. */
  readonly levels: number;
  /** The same of their differences from pixel to pixel, which show fine structure. */
  readonly slopes: number;
  /** The largest difference in a block of 4 x 4 pixels: root mean square, as a share of the standard deviation of b's levels. */
  readonly worstBlock: number;
}

/** Picture a laid upon b. */
export interface Laid {
  readonly alignment: Alignment;
  /** Levels expected of b, and those it has, by channel; expected ones are NaN where a has no pixel. */
  readonly expected: readonly Float32Array[];
  readonly found: readonly Float32Array[];
}

/**
 * Each pixel averaged with its neighbours by 1 2 1 in both directions: compression and resampling change single pixels. NaN stays NaN, and in
 * the sums of its neighbours their own value stands for it.
 */
function softened(values: Float32Array): Float32Array {
  const across = new Float32Array(AREA);
  const out = new Float32Array(AREA);
  const or = (value: number, own: number) => (Number.isNaN(value) ? own : value);
  for (let i = 0; i < AREA; i++) {
    const x = i % SIDE;
    const own = values[i];
    across[i] = (or(values[x > 0 ? i - 1 : i], own) + 2 * own + or(values[x < SIDE - 1 ? i + 1 : i], own)) / 4;
  }
  for (let i = 0; i < AREA; i++) {
    const own = across[i];
    out[i] =
      (or(across[i >= SIDE ? i - SIDE : i], own) + 2 * own + or(across[i < AREA - SIDE ? i + SIDE : i], own)) / 4;
  }
  return out;
}

/** The channels of a picture, with no more fine structure than the picture that they are compared with can have. */
function channelsOf(copies: PictureCopies, picture: number, other: number, isMirrored: boolean): Float32Array[] {
  const { colours, widths, heights } = copies;
  return CHANNELS.map((channel) => {
    const start = (3 * picture + channel) * AREA;
    const values = new Float32Array(AREA);
    for (let i = 0; i < AREA; i++) {
      const x = i % SIDE;
      values[i] = colours[start + (isMirrored ? i - x + SIDE - 1 - x : i)];
    }
    return atResolution(values, widths[other], heights[other]);
  });
}

const greyOf = ([red, green, blue]: readonly Float32Array[]) =>
  Float32Array.from(red, (value, i) => 0.299 * value + 0.587 * green[i] + 0.114 * blue[i]);

/** How many levels of a picture may have been cut off. */
function cutOff({ colours }: PictureCopies, picture: number): number {
  let count = 0;
  for (let i = 3 * AREA * picture; i < 3 * AREA * (picture + 1); i++) {
    if (colours[i] <= DARK || colours[i] >= BRIGHT) count++;
  }
  return count;
}

/**
 * Lays one picture of a candidate upon the other: the one with fewer levels that may have been cut off, which the other can be expected from.
 * @param rows those of the pictures by which they are aligned
 */
export function lay(copies: PictureCopies, { a, b, from, to, isMirrored }: Candidate, rows: Rows): Laid {
  const swapped = cutOff(copies, b) < cutOff(copies, a);
  const [first, second] = swapped ? [b, a] : [a, b];
  const [own, other] = swapped ? [to, from] : [from, to];
  const turned = (part: typeof from) =>
    isMirrored && !swapped ? { ...part, left: 1 - part.right, right: 1 - part.left } : part;
  const upon = channelsOf(copies, first, second, isMirrored);
  const found = channelsOf(copies, second, first, false).map(softened);
  const alignment = alignPictures(greyOf(upon.map(softened)), greyOf(found), turned(own), other, rows);
  const laid = upon.map((channel) => warped(channel, alignment));
  const { contrast, brightness } = levelsOf(laid.map(softened), found, alignment, rows);
  // Levels are cut off at black and white before pixels are averaged, so that edges between cut-off pixels and others come out right.
  const cut = (value: number) => Math.max(0, Math.min(255, contrast * value + brightness));
  const expected = laid.map((channel) => softened(channel.map(cut)));
  return { alignment: { ...alignment, contrast, brightness }, expected, found };
}

/** Rounds in which contrast and brightness are fitted: the first is misled by pixels that were cut off in part. */
const FITS = 4;

/** Contrast and brightness by least squares over all channels, without pixels that were cut off, or that are expected to be. */
function levelsOf(
  laid: readonly Float32Array[],
  found: readonly Float32Array[],
  start: Pick<Alignment, 'contrast' | 'brightness'>,
  [from, to]: Rows,
): Pick<Alignment, 'contrast' | 'brightness'> {
  let line = start;
  for (let fit = 0; fit < FITS; fit++) {
    const { contrast, brightness } = line;
    const sums = new Sums();
    for (const channel of CHANNELS) {
      for (let i = from * SIDE; i < to * SIDE; i++) {
        const level = found[channel][i];
        const value = laid[channel][i];
        if (Number.isNaN(value)) continue;
        const expected = fit === 0 ? level : contrast * value + brightness;
        if (level > DARK && level < BRIGHT && expected > DARK && expected < BRIGHT) sums.add(value, level);
      }
    }
    line = sums.line() ?? line;
  }
  return line;
}

/** @param rows those that are compared */
export function agreement({ expected, found }: Laid, [start, end]: Rows): Agreement {
  const levels = new Sums();
  const slopes = new Sums();
  for (const channel of CHANNELS) {
    const [a, b] = [expected[channel], found[channel]];
    for (let i = start * SIDE; i < end * SIDE; i++) {
      if (Number.isNaN(a[i])) continue;
      levels.add(a[i], b[i]);
      if (i % SIDE < SIDE - 1 && !Number.isNaN(a[i + 1])) slopes.add(a[i + 1] - a[i], b[i + 1] - b[i]);
      const below = i + SIDE;
      if (below < end * SIDE && !Number.isNaN(a[below])) slopes.add(a[below] - a[i], b[below] - b[i]);
    }
  }
  const deviation = levels.deviationOfSecond;
  return {
    overlap: levels.count / (CHANNELS.length * (end - start) * SIDE),
    levels: levels.correlation,
    slopes: slopes.correlation,
    worstBlock: worstBlock(expected, found, start, end) / Math.max(1, deviation),
  };
}

function worstBlock(
  expected: readonly Float32Array[],
  found: readonly Float32Array[],
  start: number,
  end: number,
): number {
  let worst = 0;
  for (let top = start; top + BLOCK <= end; top += BLOCK) {
    for (let left = 0; left < SIDE; left += BLOCK) {
      let squares = 0;
      let count = 0;
      for (let i = 0; i < BLOCK * BLOCK; i++) {
        const at = (top + Math.floor(i / BLOCK)) * SIDE + left + (i % BLOCK);
        if (Number.isNaN(expected[0][at])) continue;
        for (const channel of CHANNELS) squares += (expected[channel][at] - found[channel][at]) ** 2;
        count++;
      }
      if (count >= (BLOCK * BLOCK) / 2) worst = Math.max(worst, squares / (count * CHANNELS.length));
    }
  }
  return Math.sqrt(worst);
}

/** Sums over pairs that are added one by one. */
class Sums {
  count = 0;
  #a = 0;
  #b = 0;
  #aa = 0;
  #bb = 0;
  #ab = 0;

  add(a: number, b: number): void {
    this.count++;
    this.#a += a;
    this.#b += b;
    this.#aa += a * a;
    this.#bb += b * b;
    this.#ab += a * b;
  }

  get #varianceOfFirst(): number {
    return Math.max(0, this.#aa - (this.#a * this.#a) / Math.max(1, this.count));
  }

  get #varianceOfSecond(): number {
    return Math.max(0, this.#bb - (this.#b * this.#b) / Math.max(1, this.count));
  }

  get #covariance(): number {
    return this.#ab - (this.#a * this.#b) / Math.max(1, this.count);
  }

  get correlation(): number {
    const squares = this.#varianceOfFirst * this.#varianceOfSecond;
    return squares > 0 ? this.#covariance / Math.sqrt(squares) : 0;
  }

  get deviationOfSecond(): number {
    return Math.sqrt(this.#varianceOfSecond / Math.max(1, this.count));
  }

  /** b = contrast a + brightness by least squares; null where a does not vary. */
  line(): { readonly contrast: number; readonly brightness: number } | null {
    if (!(this.#varianceOfFirst > this.count)) return null;
    const contrast = this.#covariance / this.#varianceOfFirst;
    return { contrast, brightness: (this.#b - contrast * this.#a) / this.count };
  }
}
