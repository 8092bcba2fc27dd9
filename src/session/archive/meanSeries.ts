import { SERIES_NAMES } from '../../domain/measurement';
import { SeriesSet } from '../run/series';

/** The curves of several seeds of a run: their mean, and their standard deviation, at the steps that all of them have. */
export interface MeanSeries {
  readonly mean: SeriesSet;
  readonly deviation: SeriesSet;
}

/**
 * @param sets the curves of at least two runs
 * @throws RangeError with fewer
 */
export function meanSeries(sets: readonly SeriesSet[]): MeanSeries {
  if (sets.length < 2) throw new RangeError('A standard deviation needs at least two runs.');
  const [mean, deviation] = [new SeriesSet(), new SeriesSet()];
  for (const name of SERIES_NAMES) {
    const steps = new Map<number, number[]>();
    for (const set of sets) {
      for (const { step, value } of set.get(name).decimated(Number.POSITIVE_INFINITY)) {
        const values = steps.get(step) ?? [];
        values.push(value);
        steps.set(step, values);
      }
    }
    const shared = [...steps].filter(([, values]) => values.length === sets.length).sort(([a], [b]) => a - b);
    for (const [step, values] of shared) {
      const average = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
      mean.get(name).push(step, average);
      deviation.get(name).push(step, Math.sqrt(squares / (values.length - 1)));
    }
  }
  return { mean, deviation };
}
