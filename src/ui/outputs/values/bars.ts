/** A bar in a box of width and height 1, standing on its lower edge. */
export interface Bar {
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

/** Three bars do not fill the width. */
const FEWEST_PLACES = 4;
/** Share of a bar's place that stays free beside it. */
const GAP = 0.12;

function barsOf(heights: readonly number[]): readonly Bar[] {
  const width = 1 / Math.max(1, heights.length);
  return heights.map((height, i) => ({
    x: (i + GAP / 2) * width,
    width: (1 - GAP) * width,
    height: Number.isFinite(height) ? Math.max(0, Math.min(1, height)) : 0,
  }));
}

/**
 * The histogram of cosines. A bar's height is the square root of its share of the pairs, on a fixed scale from 0 to all pairs, so that an
 * even spread, 2.5 % a bin, and the spike of a collapse are seen on the same scale.
 */
export function cosineBars(cosines: ArrayLike<number>): readonly Bar[] {
  return barsOf(Array.from(cosines, Math.sqrt));
}

/** The singular values, on a fixed scale from 0 to 1. For few dimensions the bars are no wider than a quarter. */
export function singularBars(values: ArrayLike<number>): readonly Bar[] {
  const places = Math.max(FEWEST_PLACES, values.length);
  return barsOf([...Array.from(values), ...new Array<number>(places - values.length).fill(0)]).slice(0, values.length);
}

/** Share of the width up to which singular values lie. */
export function singularEnd(values: ArrayLike<number>): number {
  return values.length / Math.max(FEWEST_PLACES, values.length);
}
