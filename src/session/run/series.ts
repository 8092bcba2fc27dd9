import type { Measurement, SeriesName } from '../../domain/measurement';
import { SERIES_NAMES } from '../../domain/measurement';

/** A point of a chart. */
export interface Point {
  readonly step: number;
  readonly value: number;
}

const FIRST_CAPACITY = 256;

function doubled(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}

/** One recorded quantity: (step, value) with rising steps, in arrays that grow by doubling. */
export class Series {
  #steps = new Float64Array(FIRST_CAPACITY);
  #values = new Float64Array(FIRST_CAPACITY);
  #count = 0;

  get length(): number {
    return this.#count;
  }

  /** Appends a point. A point at or before the last step is dropped, since a measurement may arrive twice or late. */
  push(step: number, value: number): void {
    if (this.#count > 0 && step <= (this.#steps[this.#count - 1] ?? 0)) return;
    if (this.#count === this.#steps.length) {
      this.#steps = doubled(this.#steps);
      this.#values = doubled(this.#values);
    }
    this.#steps[this.#count] = step;
    this.#values[this.#count] = value;
    this.#count += 1;
  }

  last(): Point | null {
    return this.#count === 0 ? null : this.#at(this.#count - 1);
  }

  /**
   * At most `maxPoints` points that look like the whole series: the lowest and the highest point of each interval of steps, so that
   * no spike is lost. The width of the intervals is a power of two, and they start at multiples of it: as a series grows, points
   * already drawn stay in place until the width doubles. Non-finite values are left out. One pass over the data.
   */
  decimated(maxPoints: number): Point[] {
    if (this.#count <= maxPoints) return this.#finitePoints();
    const span = (this.#steps[this.#count - 1] ?? 0) - (this.#steps[0] ?? 0) + 1;
    // One interval more, where the series does not start at a boundary, and one point more, since the last is always kept.
    const stretches = Math.max(1, Math.floor((maxPoints - 1) / 2) - 1);
    const width = 2 ** Math.max(0, Math.ceil(Math.log2(span / stretches)));
    const points: Point[] = [];
    let low = -1;
    let high = -1;
    let current = -1;
    const flush = () => {
      if (low < 0) return;
      points.push(this.#at(Math.min(low, high)));
      if (low !== high) points.push(this.#at(Math.max(low, high)));
    };
    for (let i = 0; i < this.#count; i++) {
      const value = this.#values[i] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      const stretch = Math.floor((this.#steps[i] ?? 0) / width);
      if (stretch !== current) {
        flush();
        current = stretch;
        low = i;
        high = i;
      } else {
        if (value < (this.#values[low] ?? 0)) low = i;
        if (value > (this.#values[high] ?? 0)) high = i;
      }
    }
    flush();
    const last = this.last();
    if (last !== null && Number.isFinite(last.value) && points.at(-1)?.step !== last.step) points.push(last);
    return points;
  }

  #at(index: number): Point {
    return { step: this.#steps[index] ?? 0, value: this.#values[index] ?? Number.NaN };
  }

  #finitePoints(): Point[] {
    const points: Point[] = [];
    for (let i = 0; i < this.#count; i++) if (Number.isFinite(this.#values[i])) points.push(this.#at(i));
    return points;
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
