export interface Histogram {
  /** Where the first bin begins and the last ends. */
  readonly from: number;
  readonly to: number;
  readonly counts: Uint32Array;
}

/** The least values, of this share, are counted in the first bin, so that a few do not flatten all others. */
const CUT = 0.005;

/** How many values lie in each of `bins` equal bins up to 1. */
export function histogramOf(values: Float32Array, bins: number): Histogram {
  const sorted = values.toSorted();
  const least = sorted[Math.floor(CUT * sorted.length)] ?? 0;
  const from = Math.min(0.95, Math.floor(least * 20) / 20);
  const counts = new Uint32Array(bins);
  for (const value of values) {
    const bin = Math.floor(((value - from) / (1 - from)) * bins);
    counts[Math.max(0, Math.min(bins - 1, bin))] += 1;
  }
  return { from, to: 1, counts };
}
