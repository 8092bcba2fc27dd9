import type { Measurement, SeriesName } from '../../domain/measurement';
import { SERIES_NAMES } from '../../domain/measurement';
import { MOST_POINTS, THINNED_POINTS, thinned } from '../../domain/thinnedSeries';

/** A point of a chart. */
export interface Point {
  readonly step: number;
  readonly value: number;
}

const FIRST_CAPACITY = 256;

/** The array, or a larger copy where `count` values fill it. */
function withRoom(values: Float64Array<ArrayBuffer>, count: number): Float64Array<ArrayBuffer> {
  if (count < values.length) return values;
  const larger = new Float64Array(Math.min(2 * values.length, MOST_POINTS + 1));
  larger.set(values);
  return larger;
}

/**
 * One recorded quantity: (step, value) with rising steps. Beyond `MOST_POINTS` points it is thinned to the lowest and highest of each
 * interval, in which charts show the same points as before.
 */
export class Series {
  #steps = new Float64Array(FIRST_CAPACITY);
  #values = new Float64Array(FIRST_CAPACITY);
  #count = 0;

  /** Number of points kept. */
  get length(): number {
    return this.#count;
  }

  /** Appends a point. A point at or before the last step is dropped, since a measurement may arrive twice or late. */
  push(step: number, value: number): void {
    if (this.#count > 0 && step <= (this.#steps[this.#count - 1] ?? 0)) return;
    this.#steps = withRoom(this.#steps, this.#count);
    this.#values = withRoom(this.#values, this.#count);
    this.#steps[this.#count] = step;
    this.#values[this.#count] = value;
    this.#count += 1;
    if (this.#count > MOST_POINTS) this.#thin();
  }

  last(): Point | null {
    return this.#count === 0 ? null : this.#at(this.#count - 1);
  }

  /** At most `maxPoints` points that look like the whole series (`thinned`). */
  decimated(maxPoints: number): Point[] {
    return this.#thinned(maxPoints).map((index) => this.#at(index));
  }

  #thinned(maxPoints: number): number[] {
    return thinned({ steps: this.#steps, values: this.#values }, this.#count, maxPoints);
  }

  #thin(): void {
    const kept = this.#thinned(THINNED_POINTS);
    kept.forEach((index, i) => {
      this.#steps[i] = this.#steps[index] ?? 0;
      this.#values[i] = this.#values[index] ?? Number.NaN;
    });
    this.#count = kept.length;
  }

  #at(index: number): Point {
    return { step: this.#steps[index] ?? 0, value: this.#values[index] ?? Number.NaN };
  }
}

/** All series of one run. */
export class SeriesSet {
  readonly #series = new Map<SeriesName, Series>();

  add(measurement: Measurement): void {
    for (const name of SERIES_NAMES) {
      const value = measurement[name];
      if (value !== undefined) this.get(name).push(measurement.step, value);
    }
  }

  get(name: SeriesName): Series {
    let series = this.#series.get(name);
    if (series === undefined) {
      series = new Series();
      this.#series.set(name, series);
    }
    return series;
  }

  clear(): void {
    this.#series.clear();
  }
}
