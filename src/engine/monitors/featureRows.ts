import type { FeatureRows } from '../../domain/features';

/** Below this norm a row counts as zero: it stays zero instead of becoming NaN. */
const MIN_NORM = 1e-8;

/** @throws RangeError when `data` does not hold exactly n x d numbers. */
export function checkRows({ data, n, d }: FeatureRows, name: string): void {
  if (!Number.isInteger(n) || !Number.isInteger(d) || n < 0 || d < 1 || data.length !== n * d) {
    throw new RangeError(`${name}: expected [${n}, ${d}] = ${n * d} numbers, got ${data.length}.`);
  }
}

/** Whether every entry is a number and none infinite. */
export function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** Every row divided by its l2 norm, in float64 because the monitors take differences of nearly equal rows; zero rows stay zero. */
export function normaliseRows({ data, n, d }: FeatureRows): Float64Array {
  const out = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    const start = i * d;
    let squares = 0;
    for (let c = start; c < start + d; c++) squares += data[c] * data[c];
    const scale = 1 / Math.max(Math.sqrt(squares), MIN_NORM);
    for (let c = start; c < start + d; c++) out[c] = data[c] * scale;
  }
  return out;
}

/** The same in float32, for products on the device. */
export function unitRows(features: FeatureRows): FeatureRows {
  return { ...features, data: Float32Array.from(normaliseRows(features)) };
}
