import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../../src/domain/measurement';
import { presetConfig } from '../../../src/domain/presets';
import type { RunConfig } from '../../../src/domain/runConfig';
import { createRunStore, type RunStoreState } from '../../../src/session/run/runStore';
import { type StatusInput, statusOf } from '../../../src/ui/status/statusText';

const COLLAPSED: Diagnosis = { state: 'collapsed', since: 447, outputStd: 0.0001, loss: -0.9998 };

function input(run: Partial<RunStoreState>, config: Partial<RunConfig> = {}): StatusInput {
  const full = { ...presetConfig('small'), ...config };
  return {
    engine: { state: 'ready' },
    data: { info: null, loading: null },
    problem: null,
    run: {
      ...createRunStore(full).getState(),
      active: { runId: 'run-1', config: full },
      runState: 'training',
      step: 500,
      ...run,
    },
  };
}

describe('statusOf', () => {
  it('says that a run collapsed, since when, which numbers say so, and why', () => {
    const status = statusOf(input({ diagnosis: COLLAPSED, changes: [[410, 'stopGradient', false]] }));
    expect(status.tone).toBe('warning');
    expect(status.title).toBe('Collapsed at step 447.');
    expect(status.text).toContain('the output std is 0.0001, against 0.0625 (1/√d)');
    expect(status.text).toContain('the loss is −1.000');
    expect(status.text).toContain('With stop-gradient off');
  });

  it('explains why stop-gradient hardly undoes a collapse', () => {
    const changes = [
      [410, 'stopGradient', false],
      [480, 'stopGradient', true],
    ] as const;
    const status = statusOf(input({ diagnosis: COLLAPSED, changes }));
    expect(status.text).toContain('At a constant output the gradient is zero');
    const stuck = { state: 'stuck', since: 580, share: 0.18, outputStd: 0.01 } as const;
    const after = statusOf(input({ diagnosis: stuck, changes }));
    expect(after).toMatchObject({ state: 'stuck', tone: 'warning', title: 'Stuck since step 580.' });
    expect(after.text).toContain('has not risen for 100 steps and is at about 20 % of its early level');
  });

  it('never calls a run whose outputs narrow or come back a healthy one', () => {
    const changes = [[410, 'stopGradient', false]] as const;
    const narrowing = { state: 'narrowing', since: 430, share: 0.29, outputStd: 0.028 } as const;
    const status = statusOf(input({ diagnosis: narrowing, changes }));
    expect(status).toMatchObject({ state: 'narrowing', tone: 'warning', title: 'Narrowing since step 430.' });
    expect(status.text).toContain('is at about 30 % of its early level');
    expect(status.text).toContain('Stop-gradient is off');
    const recovering = statusOf(input({ diagnosis: { ...narrowing, state: 'recovering' }, changes }));
    expect(recovering).toMatchObject({ state: 'recovering', tone: 'plain' });
  });

  it('compares the accuracy of a finished run with the untrained network and raw pixels', () => {
    const knn = { k: 20, temperature: 0.1, bank: 2000, queries: 1000, chance: 0.1, rawPixels: 0.8, untrained: 0.57 };
    const baselines = { inverseSqrtD: 0.1, rankBound: 64, backboneRankBound: 64, knn, viewRetrieval: null };
    const finished = (latest: RunStoreState['latest'], diagnosis: Diagnosis = { state: 'learning' }) =>
      statusOf(input({ runState: 'finished', diagnosis, latest, baselines }));
    const learnt = finished({ knn: 0.66 });
    expect(learnt).toMatchObject({ state: 'finished', title: 'Finished after 500 steps.' });
    expect(learnt.text).toBe(
      'kNN accuracy 66.0 % ± 1.5: above the untrained network (57.0 %) and below raw pixels (80.0 %).',
    );
    expect(finished({ knn: 0.59 }).text).toContain('not distinguishable from the untrained network');
    expect(finished({}).text).toContain('was not measured');
    const collapsed = finished({ knn: 0.56 }, COLLAPSED);
    expect(collapsed).toMatchObject({ state: 'collapsed', tone: 'warning' });
    expect(collapsed.title).toBe('Finished after 500 steps. Collapsed at step 447.');
    expect(collapsed.text).toContain('the untrained network (57.0 %)');
  });

  it('names the missing predictor, and missing batch normalisation', () => {
    expect(statusOf(input({ diagnosis: COLLAPSED }, { predictor: 'none' })).text).toContain('Without the predictor');
    expect(statusOf(input({ diagnosis: COLLAPSED }, { headBatchNorm: 'none' })).text).toContain('batch normalisation');
    expect(statusOf(input({ diagnosis: COLLAPSED })).text).toContain('learning rate');
  });

  it('distinguishes a constant and an oscillating loss from a collapse', () => {
    const standing = { state: 'no-convergence', since: 320, loss: -0.21, startLoss: -0.02 } as const;
    const fixed = statusOf(input({ diagnosis: standing, changes: [[0, 'predictor', 'fixed']] }));
    expect(fixed.title).toBe('No convergence by step 320.');
    expect(fixed.text).toContain('stays at −0.210 (it began at −0.020)');
    expect(fixed.text).toContain('Table 1');
    expect(statusOf(input({ diagnosis: standing })).text).toContain('learning rate');
    const swinging = { state: 'oscillation', since: 150, low: -0.7, high: -0.2 } as const;
    const status = statusOf(input({ diagnosis: swinging }));
    expect(status.tone).toBe('warning');
    expect(status.text).toContain('between −0.700 and −0.200');
  });

  it('distinguishes a dimensional collapse from a collapse', () => {
    const diagnosis = {
      state: 'dimensional',
      since: 120,
      effectiveRank: 9.2,
      startRank: 106,
      outputStd: 0.058,
    } as const;
    const status = statusOf(input({ diagnosis }, { headBatchNorm: 'output', stopGradient: false }));
    expect(status.title).toBe('Dimensional collapse since step 120.');
    expect(status.text).toContain('looks fine (0.0580)');
    expect(status.text).toContain('fell from 106.0 to 9.2');
    expect(status.text).toContain('keeps the std up');
    expect(statusOf(input({ diagnosis }, { headBatchNorm: 'hidden' })).text).not.toContain('keeps the std up');
  });

  it('says what to do about a run that diverged', () => {
    const nan = statusOf(
      input({ diagnosis: { state: 'diverged', since: 12, loss: Number.NaN }, runState: 'diverged' }),
    );
    expect(nan.text).toContain('is no longer a number');
    expect(nan.text).toContain('Lower the base learning rate');
    expect(statusOf(input({ diagnosis: { state: 'diverged', since: 12, loss: 340.5 } })).text).toContain(
      'rose to 340.50',
    );
  });

  it('describes a healthy run, and what to expect without stop-gradient', () => {
    expect(statusOf(input({ diagnosis: { state: 'learning' } }))).toMatchObject({ tone: 'good', title: 'Learning.' });
    const off = statusOf(input({ diagnosis: { state: 'learning' }, pending: { stopGradient: false } }));
    expect(off.text).toContain('Stop-gradient is off');
    const fixed = statusOf(input({ diagnosis: { state: 'learning' } }, { predictor: 'fixed' }));
    expect(fixed.text).toContain('no convergence');
  });

  it('does not name a switch as the cause that is off by default for the method', () => {
    const simclr = presetConfig('small', 'fashion-mnist', 'simclr');
    expect(statusOf(input({ diagnosis: { state: 'learning' } }, simclr))).toMatchObject({ tone: 'good' });
    expect(statusOf(input({ diagnosis: { state: 'starting' } }, simclr)).text).not.toContain('stop-gradient');
    const { text } = statusOf(input({ diagnosis: COLLAPSED }, simclr));
    expect(text).not.toContain('stop-gradient');
    expect(text).toContain('learning rate');
  });

  it('keeps the warning of a paused run, and the state of a finished one', () => {
    expect(statusOf(input({ diagnosis: COLLAPSED, runState: 'paused' })).title).toBe('Collapsed at step 447.');
    expect(statusOf(input({ diagnosis: { state: 'learning' }, runState: 'paused' })).title).toBe('Paused at step 500.');
    expect(statusOf(input({ diagnosis: { state: 'learning' }, runState: 'finished' })).title).toContain(
      'Finished after 500',
    );
  });

  it('describes the start', () => {
    const none = { active: null, runState: null, step: 0 } as const;
    const loading = { name: 'Emoji 3D', done: 0, total: null, unit: 'bytes', rate: null, remaining: null } as const;
    expect(statusOf({ ...input(none), data: { info: null, loading } }).title).toBe('Loading Emoji 3D.');
    expect(statusOf({ ...input(none), problem: 'Choose a folder.' })).toMatchObject({
      tone: 'warning',
      text: 'Choose a folder.',
    });
    expect(statusOf({ ...input(none), engine: { state: 'failed' } }).tone).toBe('warning');
    expect(statusOf(input({ runState: 'building', step: 0 })).title).toBe('Getting ready.');
    expect(statusOf(input({ runState: 'paused', step: 0 })).text).toContain('Press Train');
  });

  it('warns of stop-gradient off before the first step, too', () => {
    const off = { stopGradient: false };
    const before = statusOf(input({ runState: 'paused', step: 0 }, off)).text;
    expect(before).toBe(`Press Train. ${statusOf(input({ diagnosis: { state: 'starting' } }, off)).text}`);
    expect(before).toContain('the output std to 0');
    expect(before).not.toContain('flip');
    expect(statusOf(input({ runState: 'paused', step: 0 })).text).toContain('flip stop-gradient off');
  });

  it('does not change its words from step to step', () => {
    const at = (step: number) =>
      statusOf(input({ step, latest: { loss: -step / 1000 }, diagnosis: { state: 'learning' } }));
    expect(at(100)).toEqual(at(101));
  });
});
