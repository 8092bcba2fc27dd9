/** A series: `values[i]` was measured after `steps[i]` updates; the steps rise. */
export interface SeriesPoints {
  readonly steps: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** Points that a series is thinned to, and how many it may have before it is thinned again. */
export const THINNED_POINTS = 4096;
export const MOST_POINTS = 2 * THINNED_POINTS;

/**
 * The indices of at most `maxPoints` points that look like the whole series: the lowest and the highest of each interval of steps, so that
 * no spike is lost, and the last. The width of the intervals is a power of two, and they start at multiples of it: the points of wider
 * intervals are among those of narrower ones, so that a series thinned before gives the same points, and as a series grows, points already
 * drawn stay in place until the width doubles. Non-finite values are left out. One pass over the first `count` points.
 */
export function thinned({ steps, values }: SeriesPoints, count: number, maxPoints: number): number[] {
  const indices: number[] = [];
  if (count <= maxPoints) {
    for (let i = 0; i < count; i++) if (Number.isFinite(values[i])) indices.push(i);
    return indices;
  }
  const width = widthOf((steps[count - 1] ?? 0) - (steps[0] ?? 0) + 1, maxPoints);
  let low = -1;
  let high = -1;
  let current = -1;
  const flush = () => {
    if (low < 0) return;
    indices.push(Math.min(low, high));
    if (low !== high) indices.push(Math.max(low, high));
  };
  for (let i = 0; i < count; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const interval = Math.floor((steps[i] ?? 0) / width);
    if (interval !== current) {
      flush();
      current = interval;
      low = i;
      high = i;
    } else {
      if (value < (values[low] ?? 0)) low = i;
      if (value > (values[high] ?? 0)) high = i;
    }
  }
  flush();
  const last = count - 1;
  if (Number.isFinite(values[last]) && indices.at(-1) !== last) indices.push(last);
  return indices;
}

/** The width of the intervals of a series over so many steps. */
function widthOf(span: number, maxPoints: number): number {
  // One interval more, where the series does not start at a boundary, and one point more, since the last is always kept.
  const intervals = Math.max(1, Math.floor((maxPoints - 1) / 2) - 1);
  return 2 ** Math.max(0, Math.ceil(Math.log2(span / intervals)));
}
