import { expect, it } from 'vitest';
import { METHODS } from '../../../src/domain/methods/registry';
import type { RunConfig } from '../../../src/domain/runConfig';
import { RunDiagnosis } from '../../../src/engine/monitors/diagnosis';
import { configOf, measurementsOf, recordedCurves } from '../../setup/recordedCurves';

const diagnosisOf = (config: RunConfig) =>
  new RunDiagnosis({
    outputDim: config.outputDim,
    rankBound: Math.min(config.probe.images, config.outputDim),
    lossRange: METHODS[config.method].lossRange(config),
  });

/** One seed of every recorded run. */
const curves = recordedCurves().filter(({ seed }) => seed === 1);

it.each(curves.map((curve) => [curve.run, curve] as const))(
  '%s: judged the same from the state in its middle on',
  (_, curve) => {
    const config = configOf(curve);
    const measurements = [...measurementsOf(curve)];
    const middle = Math.floor(measurements.length / 2);
    const whole = diagnosisOf(config);
    for (const measurement of measurements.slice(0, middle)) whole.add(measurement);
    // The state is a plain value, which later measurements do not change.
    const state = whole.state();
    const copy = structuredClone(state);
    const rest = measurements.slice(middle).map((measurement) => whole.add(measurement));
    expect(state).toEqual(copy);
    const later = diagnosisOf(config);
    later.restore(copy);
    expect(later.current).toEqual(copy.diagnosis);
    expect(measurements.slice(middle).map((measurement) => later.add(measurement))).toEqual(rest);
  },
);
