import { describe, expect, it } from 'vitest';
import type { Baselines, Diagnosis } from '../../../src/domain/measurement';
import { presetConfig } from '../../../src/domain/presets';
import type { RunConfig } from '../../../src/domain/runConfig';
import type { RunCourse } from '../../../src/session/run/course';
import { createRunStore, type RunStoreState } from '../../../src/session/run/runStore';
import { type StatusInput, statusOf } from '../../../src/ui/status/statusText';
import { tabTitle } from '../../../src/ui/status/tabTitle';
import { activeRun } from '../../setup/activeRun';

/** d = 256, so that an even spread is 0.0625. */
const EVEN = { outputDim: 256 } as const;
const COLLAPSED: Diagnosis = { state: 'collapsed', since: 447, outputStd: 0.0084, loss: -0.9998 };

/** A course whose last steps have these stds. */
function course(recent: readonly number[], loss = -0.5): RunCourse {
  return { firstLoss: 0, earlyStd: 0.06, recent: recent.map((outputStd) => ({ loss, outputStd })) };
}

function input(run: Partial<RunStoreState>, config: Partial<RunConfig> = {}): StatusInput {
  const full = { ...presetConfig('small'), ...EVEN, ...config };
  return {
    engine: { state: 'ready' },
    data: { info: null, loading: null, wanted: null },
    problem: null,
    run: {
      ...createRunStore(full).getState(),
      active: activeRun(full),
      runState: 'training',
      step: 500,
      latest: { loss: -0.87, outputStd: 0.059 },
      course: course([]),
      ...run,
    },
  };
}

const adviceOf = (status: { readonly advice: readonly string[] }) => status.advice.join(' ');

const KNN = { k: 20, temperature: 0.1, bank: 2000, queries: 1000, chance: 0.1, rawPixels: 0.8, untrained: 0.57 };
const baselines: Baselines = {
  inverseSqrtD: 0.0625,
  rankBound: 256,
  backboneRankBound: 64,
  knn: KNN,
  viewRetrieval: null,
};

describe('statusOf', () => {
  it('says that a run collapsed, how long after the switch, with the numbers of now, and why', () => {
    const latest = { outputStd: 0.0001, loss: -0.99998 };
    const status = statusOf(input({ diagnosis: COLLAPSED, latest, changes: [[410, 'stopGradient', false]] }));
    expect(status).toMatchObject({ state: 'collapsed', tone: 'warning' });
    expect(status.title).toBe('Collapsed at step 447, 37 steps after stop-gradient went off.');
    expect(status.text).toBe('Every image has nearly the same output: std 0.0001 of 0.0625, loss −1.000.');
    expect(adviceOf(status)).toContain('With stop-gradient off');
    expect(statusOf(input({ diagnosis: COLLAPSED, latest })).title).toBe('Collapsed at step 447.');
  });

  it('never says the numbers of the detection', () => {
    const status = statusOf(input({ diagnosis: COLLAPSED, latest: { outputStd: 0.0189, loss: -0.9 } }));
    expect(status.text).toContain('0.0189');
    expect(`${status.title} ${status.text}`).not.toContain('0.0084');
    expect(status.text).toContain('lie close together');
    const back = statusOf(input({ diagnosis: COLLAPSED, latest: { outputStd: 0.058, loss: -0.9 } }));
    expect(back.text).toContain('apart again');
  });

  it('explains why stop-gradient hardly undoes a collapse', () => {
    const changes = [
      [410, 'stopGradient', false],
      [480, 'stopGradient', true],
    ] as const;
    const latest = { outputStd: 0.011, loss: -0.99 };
    expect(adviceOf(statusOf(input({ diagnosis: COLLAPSED, latest, changes })))).toContain(
      'At a constant output the gradient is zero',
    );
    const stuck = { state: 'stuck', since: 480, share: 0.18, outputStd: 0.01 } as const;
    const after = statusOf(input({ diagnosis: stuck, latest, changes }));
    expect(after).toMatchObject({ state: 'stuck', tone: 'warning', title: 'Stuck since step 480.' });
    expect(after.text).toBe(
      'The cause is gone, but the std does not rise: std 0.0110 of 0.0625, 18 % of its early level.',
    );
    expect(adviceOf(after)).toContain('did not rise for 100 steps');
  });

  it('calls a narrowing without stop-gradient collapsing, as long as it goes on', () => {
    const changes = [[410, 'stopGradient', false]] as const;
    const narrowing = { state: 'narrowing', since: 486, share: 0.6, outputStd: 0.036 } as const;
    const latest = { outputStd: 0.0364, loss: -0.95 };
    const status = statusOf(input({ diagnosis: narrowing, latest, changes }));
    expect(status).toMatchObject({ state: 'narrowing', tone: 'warning', title: 'Collapsing for 14 steps.' });
    expect(status.text).toBe('With stop-gradient off the outputs have run together: std 0.0364 of 0.0625.');
    const other = statusOf(input({ diagnosis: narrowing, latest }));
    expect(other.title).toBe('Narrowing since step 486.');
    expect(other.text).toBe('Different images have come closer: std 0.0364 of 0.0625, 61 % of its early level.');
    const rising = Array.from({ length: 25 }, (_, i) => 0.02 + i / 1000);
    expect(statusOf(input({ diagnosis: narrowing, latest, course: course(rising), changes })).text).toContain(
      'but the std rises',
    );
    const over = statusOf(input({ diagnosis: narrowing, latest: { outputStd: 0.058, loss: -0.9 }, changes }));
    expect(over.text).toContain('have spread again');
  });

  it('says of a recovery whether the std still rises', () => {
    const recovering = { state: 'recovering', since: 430, share: 0.3, outputStd: 0.02 } as const;
    const latest = { outputStd: 0.03, loss: -0.9 };
    const at = (stds: readonly number[]) => statusOf(input({ diagnosis: recovering, latest, course: course(stds) }));
    const up = Array.from({ length: 25 }, (_, i) => 0.02 + i / 2000);
    expect(at(up)).toMatchObject({ state: 'recovering', tone: 'plain', title: 'Recovering since step 430.' });
    expect(at(up).text).toBe('The std rises again: std 0.0300 of 0.0625, 50 % of its early level.');
    expect(at(up.toReversed()).text).toContain('falls again');
    expect(at(up.map(() => 0.03))).toMatchObject({ title: 'Recovered from step 430 on.' });
  });

  it('a finished run says what it came to beside the untrained network and raw pixels, and is never green', () => {
    const finished = (knn: number | undefined, diagnosis: Diagnosis = { state: 'learning' }) => {
      const latest = { loss: -0.87, outputStd: 0.059, ...(knn === undefined ? {} : { knn }) };
      return statusOf(input({ runState: 'finished', diagnosis, latest, baselines, step: 1500 }));
    };
    const learnt = finished(0.66);
    expect(learnt).toMatchObject({ state: 'finished', tone: 'plain', title: 'Finished after 1,500 steps.' });
    expect(learnt.text).toBe(
      'Better than before training: kNN 66.0 % ± 1.5, untrained 57.0 %; below raw pixels (80.0 %).',
    );
    expect(finished(0.59).text).toMatch(/^No better than before training: kNN 59\.0 %/);
    expect(finished(0.4).text).toMatch(/^Worse than before training/);
    expect(finished(undefined).text).toContain('was not measured');
    const collapsed = finished(0.56, COLLAPSED);
    expect(collapsed).toMatchObject({ state: 'collapsed', tone: 'warning', title: 'Finished.' });
    expect(collapsed.text).toMatch(/^Collapsed at step 447\. No better than before training/);
    expect(learnt.announced).toContain('Better than before');
  });

  it('names the missing predictor, and missing batch normalisation', () => {
    expect(adviceOf(statusOf(input({ diagnosis: COLLAPSED }, { predictor: 'none' })))).toContain(
      'Without the predictor',
    );
    expect(adviceOf(statusOf(input({ diagnosis: COLLAPSED }, { headBatchNorm: 'none' })))).toContain(
      'batch normalisation',
    );
    expect(adviceOf(statusOf(input({ diagnosis: COLLAPSED })))).toContain('learning rate');
  });

  it('distinguishes a constant and an oscillating loss from a collapse', () => {
    const standing = { state: 'no-convergence', since: 320, loss: -0.3, startLoss: -0.02 } as const;
    const latest = { outputStd: 0.059, loss: -0.21 };
    const fixed = statusOf(input({ diagnosis: standing, latest, changes: [[0, 'predictor', 'fixed']] }));
    expect(fixed.title).toBe('No convergence by step 320.');
    expect(fixed.text).toBe(
      'The loss stays high (−0.210, at first −0.020); different images stay apart, so no collapse (std 0.0590 of 0.0625).',
    );
    expect(adviceOf(fixed)).toContain('Table 1');
    expect(adviceOf(statusOf(input({ diagnosis: standing })))).toContain('learning rate');
    const swinging = { state: 'oscillation', since: 150, low: -0.9, high: -0.1 } as const;
    const recent = { ...course([]), recent: [-0.7, -0.2, -0.6].map((loss) => ({ loss, outputStd: 0.06 })) };
    const status = statusOf(input({ diagnosis: swinging, course: recent }));
    expect(status).toMatchObject({ tone: 'warning', title: 'Oscillating since step 150.' });
    expect(status.text).toBe('The loss swings: in the last 3 steps between −0.700 and −0.200.');
    expect(statusOf(input({ diagnosis: swinging, course: course([0.06, 0.06]) })).text).toContain('stayed between');
  });

  it('distinguishes a dimensional collapse from a collapse', () => {
    const diagnosis = { state: 'dimensional', since: 120, effectiveRank: 19, startRank: 106, outputStd: 0.03 } as const;
    const latest = { outputStd: 0.058, loss: -0.98, effectiveRank: 9.2 };
    const status = statusOf(input({ diagnosis, latest, baselines }, { headBatchNorm: 'output', stopGradient: false }));
    expect(status.title).toBe('Dimensional collapse since step 120.');
    expect(status.text).toBe('Outputs still differ (std 0.0580 of 0.0625), but along 9.2 directions of 256.');
    expect(adviceOf(status)).toContain('was 106.0 before');
    expect(adviceOf(status)).toContain('keeps the std up');
    expect(adviceOf(statusOf(input({ diagnosis, latest }, { headBatchNorm: 'hidden' })))).not.toContain(
      'keeps the std up',
    );
  });

  it('says what to do about a run that diverged', () => {
    const nan = statusOf(
      input({ diagnosis: { state: 'diverged', since: 12, loss: Number.NaN }, runState: 'diverged' }),
    );
    expect(nan.text).toContain('is no longer a number');
    expect(adviceOf(nan)).toContain('Lower the base learning rate');
    expect(statusOf(input({ diagnosis: { state: 'diverged', since: 12, loss: 340.5 } })).text).toContain(
      'rose to 340.50',
    );
  });

  it('is green only for a run that learns by all its numbers', () => {
    const at = (run: Partial<RunStoreState>, config: Partial<RunConfig> = {}) =>
      statusOf(input({ diagnosis: { state: 'learning' }, baselines, ...run }, config));
    const good = at({ latest: { loss: -0.874, outputStd: 0.0572, knn: 0.6 } });
    expect(good).toMatchObject({ state: 'learning', tone: 'good', title: 'Learning.' });
    expect(good.text).toBe(
      'Different images stay apart (std 0.0572 of 0.0625), the two views of one come together (loss −0.874).',
    );
    const worse = at({ latest: { loss: -0.874, outputStd: 0.0572, knn: 0.5 } });
    expect(worse).toMatchObject({ state: 'learning', tone: 'plain', title: 'Training.' });
    expect(worse.text).toContain('but kNN is 50.0 %, below 57.0 % before training');
    const fallen = at({ latest: { loss: -0.874, outputStd: 0.03 } });
    expect(fallen).toMatchObject({ tone: 'plain', title: 'Training.' });
    expect(fallen.text).toContain('have come closer');
    expect(at({ latest: { loss: -0.1, outputStd: 0.06 } })).toMatchObject({ tone: 'plain', title: 'Training.' });
    expect(at({ pending: { stopGradient: false } })).toMatchObject({ tone: 'plain', title: 'Stop-gradient is off.' });
    expect(adviceOf(at({}, { predictor: 'fixed' }))).toContain('no convergence');
  });

  it('does not name a switch as the cause that is off by default for the method', () => {
    const simclr = presetConfig('small', 'fashion-mnist', 'simclr');
    const course = { firstLoss: 5, earlyStd: 0.06, recent: [] };
    const latest = { loss: 4, outputStd: 1 / Math.sqrt(simclr.outputDim) };
    const config = { ...simclr };
    const learning = statusOf(input({ diagnosis: { state: 'learning' }, course, latest }, config));
    expect(learning).toMatchObject({ tone: 'good', title: 'Learning.' });
    expect(learning.text).toContain('the loss is 4.000, at first 5.000');
    expect(adviceOf(statusOf(input({ diagnosis: { state: 'starting' } }, config)))).not.toContain('stop-gradient');
    const advice = adviceOf(statusOf(input({ diagnosis: COLLAPSED }, config)));
    expect(advice).not.toContain('stop-gradient');
    expect(advice).toContain('learning rate');
  });

  it('keeps the warning of a paused run; a healthy one is paused and not green', () => {
    expect(statusOf(input({ diagnosis: COLLAPSED, runState: 'paused' })).title).toBe('Collapsed at step 447.');
    const paused = statusOf(input({ diagnosis: { state: 'learning' }, runState: 'paused' }));
    expect(paused).toMatchObject({ state: 'paused', tone: 'plain', title: 'Paused at step 500.' });
    expect(paused.text).toContain('Different images stay apart');
  });

  it('describes the start', () => {
    const none = { active: null, runState: null, step: 0 } as const;
    const loading = { name: 'Emoji 3D', done: 0, total: null, unit: 'bytes', rate: null, remaining: null } as const;
    expect(statusOf({ ...input(none), data: { info: null, loading, wanted: null } }).title).toBe('Loading Emoji 3D.');
    expect(statusOf({ ...input(none), problem: 'Choose a folder.' })).toMatchObject({
      tone: 'warning',
      text: 'Choose a folder.',
    });
    expect(statusOf({ ...input(none), engine: { state: 'failed' } }).tone).toBe('warning');
    expect(statusOf({ ...input({}), engine: { state: 'lost' } })).toMatchObject({ state: 'failed' });
    expect(statusOf(input({ runState: 'building', step: 0 })).title).toBe('Getting ready.');
    expect(statusOf(input({ runState: 'paused', step: 0 })).text).toBe('Press Train.');
    const error = { code: 'run-failed', message: 'The GPU is gone.', recoverable: false } as never;
    expect(statusOf(input({ runState: 'failed', error }))).toMatchObject({ state: 'failed', text: 'The GPU is gone.' });
  });

  it('says before Train is pressed which changes are to come, and when', () => {
    const ready = { runState: 'paused', step: 0 } as const;
    const one = statusOf(input({ ...ready, changes: [[60, 'stopGradient', false]] }));
    expect(one).toMatchObject({ state: 'ready', text: 'At step 60 stop-gradient goes off.' });
    const changes = [
      [60, 'stopGradient', false],
      [1200, 'stopGradient', true],
      [1300, 'baseLearningRate', 50],
    ] as const;
    expect(statusOf(input({ ...ready, changes })).text).toBe(
      'At step 60 stop-gradient goes off, at step 1,200 stop-gradient goes on, and 1 more change.',
    );
    expect(statusOf(input({ ...ready, changes: changes.slice(2) })).text).toBe('At step 1,300 base lr 50.');
    const loading = { name: 'Emoji 3D', done: 0, total: null, unit: 'bytes', rate: null, remaining: null } as const;
    const none = { active: null, runState: null, step: 0, changes } as const;
    expect(statusOf({ ...input(none), data: { info: null, loading, wanted: null } }).text).toContain(
      'At step 60 stop-gradient',
    );
  });

  it('warns of stop-gradient off before the first step, too', () => {
    const off = { stopGradient: false };
    expect(adviceOf(statusOf(input({ runState: 'paused', step: 0 }, off)))).toContain('the output std to 0');
    expect(adviceOf(statusOf(input({ runState: 'paused', step: 0 })))).toContain('switch stop-gradient off');
  });

  it('announces states, not numbers: from step to step it announces the same', () => {
    const at = (step: number) =>
      statusOf(input({ step, latest: { loss: -step / 1000, outputStd: 0.06 }, diagnosis: { state: 'learning' } }));
    expect(at(400).announced).toBe(at(401).announced);
    expect(at(400).text).not.toBe(at(401).text);
    const narrowing = { state: 'narrowing', since: 430, share: 0.6, outputStd: 0.04 } as const;
    const collapsing = (step: number) => statusOf(input({ step, diagnosis: narrowing }, { stopGradient: false }));
    expect(collapsing(440).announced).toBe(collapsing(441).announced);
    expect(collapsing(440).announced).toBe('Run: narrowing since step 430.');
  });
});

describe('the title of the tab', () => {
  const title = (run: Partial<RunStoreState>) => {
    const given = input(run);
    return tabTitle(given.run, statusOf(given));
  };

  it.each([
    [{ step: 409, diagnosis: { state: 'learning' } }, '▶ 409 learning – SimSiam Lab'],
    [
      { step: 409, diagnosis: { state: 'learning' }, latest: { loss: 0, outputStd: 0.06 } },
      '▶ 409 training – SimSiam Lab',
    ],
    [{ step: 1500, runState: 'paused', diagnosis: { state: 'learning' } }, '⏸ 1,500 paused – SimSiam Lab'],
    [{ step: 600, runState: 'finished', diagnosis: { state: 'learning' } }, '■ 600 finished – SimSiam Lab'],
    [{ step: 460, diagnosis: COLLAPSED }, '▶ 460 collapsed – SimSiam Lab'],
    [{ step: 0, runState: 'paused' }, 'SimSiam Lab'],
    [{ step: 0, runState: null, active: null }, 'SimSiam Lab'],
  ] as const)('of %j is %s', (run, expected) => {
    expect(title(run)).toBe(expected);
  });
});
