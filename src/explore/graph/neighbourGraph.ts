import type { FeatureRows } from '../../domain/features';

/** The k nearest other rows of each of n rows, by cosine. */
export interface NeighbourGraph {
  readonly n: number;
  /** Fewer than were asked for where there are not as many other rows. */
  readonly k: number;
  /** [n, k], row-major, the nearest first; of equal ones the lower index where the graph is exact. A row is not its own neighbour. */
  readonly indices: Int32Array;
  /** [n, k]: the cosines, in [-1, 1]. */
  readonly similarities: Float32Array;
  /** Whether these are the nearest for certain; else some 94 % or more of them are (docs/report.md). */
  readonly isExact: boolean;
}

/** Every row divided by its length; a row of zeros stays as it is. @throws RangeError for numbers that are not finite */
export function unitRows({ data, n, d }: FeatureRows): FeatureRows {
  if (data.length !== n * d) throw new RangeError(`Expected [${n}, ${d}] = ${n * d} numbers, got ${data.length}.`);
  const unit = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    let squares = 0;
    for (let c = i * d; c < (i + 1) * d; c++) squares += data[c] * data[c];
    if (!Number.isFinite(squares)) throw new RangeError('The features are not finite: the run has diverged.');
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let c = i * d; c < (i + 1) * d; c++) unit[c] = data[c] * scale;
  }
  return { data: unit, n, d };
}
