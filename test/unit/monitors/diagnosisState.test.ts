import { expect, it } from 'vitest';
import { diagnosisOf, measurementsOf, recordedCurves } from '../../setup/recordedCurves';

/** One seed of every recorded run. */
const curves = recordedCurves().filter(({ seed }) => seed === 1);

it.each(curves.map((curve) => [curve.run, curve] as const))(
  '%s: judged the same from the state in its middle on',
  (_, curve) => {
    const measurements = [...measurementsOf(curve)];
    const middle = Math.floor(measurements.length / 2);
    const whole = diagnosisOf(curve);
    for (const measurement of measurements.slice(0, middle)) whole.add(measurement);
    // The state is a plain value, which later measurements do not change.
    const state = whole.state();
    const copy = structuredClone(state);
    const rest = measurements.slice(middle).map((measurement) => whole.add(measurement));
    expect(state).toEqual(copy);
    const later = diagnosisOf(curve);
    later.restore(copy);
    expect(later.current).toEqual(copy.diagnosis);
    expect(measurements.slice(middle).map((measurement) => later.add(measurement))).toEqual(rest);
  },
);
