import type { FeatureRows } from '../../domain/features';

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
