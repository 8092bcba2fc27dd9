import { describe, expect, it } from 'vitest';
import type { Diagnosis, Marker } from '../../../src/domain/measurement';
import { buffersOf, type RunSignal } from '../../../src/domain/signal';
import { MOST_POINTS, THINNED_POINTS } from '../../../src/domain/thinnedSeries';
import { MOST_DIAGNOSIS_MARKERS } from '../../../src/domain/withMarker';
import { Reports } from '../../../src/engine/run/reports';
import { frameImages, outputFrame } from '../../setup/frames';

const learning: Diagnosis = { state: 'learning' };
const starting: Diagnosis = { state: 'starting' };
const change: Marker = { kind: 'change', step: 2, key: 'stopGradient', value: false };
const judged: Marker = { kind: 'diagnosis', step: 1, state: 'narrowing' };

const measured = (step: number, values: object = { loss: -step / 8 }): RunSignal => ({
  kind: 'measurements',
  value: [{ step, ...values }],
});

/** What a run of three steps reports, with a diagnosis after its last one that concerns its first. */
function signals(): RunSignal[] {
  return [
    { kind: 'frameImages', value: frameImages(4) },
    measured(0, { knn: 0.25 }),
    { kind: 'frame', value: outputFrame(4, 0) },
    measured(1),
    { kind: 'diagnosis', value: starting },
    measured(2),
    measured(2, { knn: 0.5 }),
    { kind: 'frame', value: outputFrame(4, 2) },
    { kind: 'marker', value: change },
    measured(3),
    { kind: 'diagnosis', value: learning },
    { kind: 'marker', value: judged },
  ];
}

/** Reports kept while the arrays of each signal go to another thread, as the worker's do. */
function kept(): Reports {
  const reports = new Reports((signal) => structuredClone(signal, { transfer: buffersOf(signal) }));
  for (const signal of signals()) reports.report(signal);
  return reports;
}

describe('what a run has reported', () => {
  it('is known up to any step, as it was known then', () => {
    const at = (step: number) => kept().until(step);
    expect([...(at(3).series.get('loss')?.values ?? [])]).toEqual([-1 / 8, -2 / 8, -3 / 8]);
    expect([...(at(2).series.get('loss')?.steps ?? [])]).toEqual([1, 2]);
    expect([...at(0).series.keys()]).toEqual(['knn']);
    expect(at(3)).toMatchObject({ markers: [change, judged], diagnosis: learning });
    // The narrowing since step 1 was found after step 3 only.
    expect(at(2)).toMatchObject({ markers: [change], diagnosis: starting });
    expect(at(0)).toMatchObject({ markers: [], diagnosis: null });
    expect(at(1).frames?.frames).toEqual([outputFrame(4, 0)]);
    expect(at(3).frames).toMatchObject({ images: frameImages(4), frames: [outputFrame(4, 0), outputFrame(4, 2)] });
  });

  it('is reported again by the run that goes on, and goes on with it', () => {
    const again: RunSignal[] = [];
    const later = new Reports((signal) => again.push(structuredClone(signal, { transfer: buffersOf(signal) })));
    later.takeOver(kept().until(2), 2);
    const ofKind = (kind: RunSignal['kind']) => again.flatMap((signal) => (signal.kind === kind ? [signal.value] : []));
    expect(ofKind('frameImages')).toEqual([frameImages(4)]);
    expect(ofKind('frame')).toEqual([outputFrame(4, 0), outputFrame(4, 2)]);
    expect(ofKind('measurements')).toEqual([
      [
        { step: 0, knn: 0.25 },
        { step: 1, loss: -1 / 8 },
        { step: 2, loss: -2 / 8, knn: 0.5 },
      ],
    ]);
    expect(ofKind('marker')).toEqual([change]);
    expect(ofKind('diagnosis')).toEqual([starting]);
    for (const signal of signals().slice(-3)) later.report(signal);
    expect(later.until(3)).toEqual(kept().until(3));
  });

  it('is bounded in a run of 100,000 steps, and the same whether or not the run was resumed', () => {
    const noise = (step: number) => ((step * 7919) % 1009) / 1009;
    const whole = new Reports(() => undefined);
    let resumed = new Reports(() => undefined);
    const last = 100_000;
    for (let step = 1; step <= last; step++) {
      const loss = step === 31_415 ? 40 : -noise(step);
      const state = step % 50 < 25 ? 'oscillation' : 'learning';
      const news: RunSignal[] = [measured(step, { loss, outputStd: noise(step + 1) })];
      if (step % 50 === 0) news.push({ kind: 'marker', value: { kind: 'diagnosis', step, state } });
      if (step % 5 === 0) news.push({ kind: 'diagnosis', value: learning });
      for (const reports of [whole, resumed]) for (const signal of news) reports.report(signal);
      if (step % 7001 === 0) {
        const next = new Reports(() => undefined);
        next.takeOver(resumed.until(step), step);
        resumed = next;
      }
    }
    const reported = whole.until(last);
    expect(resumed.until(last)).toEqual(reported);
    const { steps, values } = reported.series.get('loss')!;
    expect(steps.length).toBeLessThanOrEqual(MOST_POINTS);
    expect(steps.length).toBeGreaterThan(THINNED_POINTS / 2);
    expect(values[steps.indexOf(31_415)]).toBe(40);
    expect(steps.at(-1)).toBe(last);
    expect(steps.every((step, i) => i === 0 || step > steps[i - 1]!)).toBe(true);
    expect(reported.markers).toHaveLength(MOST_DIAGNOSIS_MARKERS);
    expect(reported.markers[0]).toMatchObject({ step: 50 });
    expect(reported.markers.at(-1)).toMatchObject({ step: last });
  });

  it('is forgotten after the step that a run goes back to', () => {
    const reports = kept();
    reports.goBack(1);
    expect(reports.until(3)).toEqual(kept().until(1));
    reports.report(measured(2, { loss: 7 }));
    expect([...(reports.until(3).series.get('loss')?.values ?? [])]).toEqual([-1 / 8, 7]);
  });
});
