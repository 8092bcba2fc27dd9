import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Experiment } from '../../../src/domain/experiments/experiment';
import { EXPERIMENTS } from '../../../src/domain/experiments/registry';
import { squarePlaces } from '../../../src/domain/imageDataset';
import { presetConfig } from '../../../src/domain/presets';
import type { LiveChange } from '../../../src/domain/runConfig';
import type { RunState } from '../../../src/domain/signal';
import { CURRENT_VERSION } from '../../../src/domain/versions/registry';
import type { EngineError } from '../../../src/protocol/events';
import { progressOf, resultsOf } from '../../../src/session/experiments/experimentStore';
import { planRuns } from '../../../src/session/experiments/planRuns';
import { Lab } from '../../../src/session/lab';
import { CheckpointMemory } from '../../../src/storage/checkpointMemory';
import { FakeWorker } from './fakeWorker';

const BROKEN: EngineError = { code: 'internal', message: 'The shader broke.', recoverable: false };

function named(name: string): Experiment {
  const found = EXPERIMENTS.find((experiment) => experiment.name === name);
  if (found === undefined) throw new Error(`no experiment ${name}`);
  return found;
}

async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(1000);
}

/** A page with `count` small images on which the experiments are run; `checkpoints` are those that its worker has written. */
async function page({
  count = 1000,
  hash = '#preset=tiny&seed=7',
  checkpoints,
}: {
  count?: number;
  hash?: string;
  checkpoints?: CheckpointMemory;
} = {}) {
  const workers: FakeWorker[] = [];
  const lab: Lab = new Lab(hash, {
    openWorker: () => {
      const worker = new FakeWorker({
        resume: ({ from, changes }) => {
          const { config, changes: made } = lab.runStore.getState();
          const step = from.step ?? 0;
          const forked = changes.map(([key, value]): LiveChange => [step, key, value]);
          return { step, config, changes: [...made, ...forked], notes: [] };
        },
      });
      workers.push(worker);
      return worker;
    },
    loaders: {
      fetchRest: async () => undefined,
      loadSample: async (id) => ({
        name: 'Fashion-MNIST',
        source: { kind: 'sample', id, license: 'MIT' },
        size: 32,
        count,
        names: [],
        labels: null,
        classNames: [],
        split: new Uint8Array(count),
        pixels: new Uint8Array(4),
        ...squarePlaces(1, 1),
        facts: null,
      }),
      importProject: () => Promise.reject(new Error('no project')),
      importImages: async () => Promise.reject(new Error('no images')),
    },
    sampleOrigin: (id) => ({ kind: 'sample', id, title: id }),
    ...(checkpoints && { checkpoints }),
  });
  lab.start();
  await settled();
  const worker = () => workers.at(-1)!;
  const runId = () => lab.runStore.getState().active?.runId ?? 'none';
  const state = (state: RunState, step: number) => worker().signal(runId(), { kind: 'state', value: { state, step } });
  return {
    lab,
    worker,
    workers,
    state,
    queue: () => lab.experiments.store.getState(),
    states: () => lab.experiments.store.getState().runs.map((run) => run.state),
    archive: () => lab.archive.store.getState(),
    /** The run on the page takes all its steps, and ends with these numbers. */
    async finish({ outputStd = 0.125, loss = -0.8, accuracy = 0.7 } = {}) {
      const { totalSteps } = lab.runStore.getState().active!.config;
      state('training', 0);
      const counts = { k: 20, temperature: 0.1, bank: 1000, queries: 1000, chance: 0.1 };
      const knn = { ...counts, rawPixels: 0.8, untrained: 0.6 };
      const value = { inverseSqrtD: 0.125, rankBound: 64, backboneRankBound: 24, knn, viewRetrieval: null };
      worker().signal(runId(), { kind: 'baselines', value });
      const items = [{ step: totalSteps, loss, outputStd, effectiveRank: 30, knn: accuracy }];
      worker().signal(runId(), { kind: 'measurements', value: items });
      state('finished', totalSteps);
      await settled();
    },
    measure: (step: number) =>
      worker().signal(runId(), { kind: 'measurements', value: [{ step, loss: -0.1, outputStd: 0.1 }] }),
    async start(name: string, steps = 40, seeds = 1) {
      void lab.experiments.start(named(name), steps, seeds);
      await settled();
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the runs of an experiment', () => {
  it('share the edited settings, except the options of the methods', () => {
    const present = {
      ...presetConfig('tiny'),
      seed: 7,
      batchSize: 16,
      stopGradient: false,
      predictor: 'none' as const,
    };
    const [on, off] = planRuns(named('figure2'), present, 40).map(({ config }) => config);
    expect(on).toEqual({ ...presetConfig('tiny'), seed: 7, batchSize: 16, totalSteps: 40 });
    expect(off).toEqual({ ...on, stopGradient: false });
    const family = planRuns(named('family'), present, 40).map(({ config }) => config);
    expect(family.map(({ method, seed, batchSize }) => [method, seed, batchSize])).toEqual(
      ['simsiam', 'byol', 'simclr', 'swav'].map((method) => [method, 7, 16]),
    );
  });

  it('are lengthened where each image has to be visited several times', async () => {
    const { lab, start } = await page({ count: 1000 });
    await start('moving-average', 40);
    expect(lab.runStore.getState().active?.config.totalSteps).toBe(10 * 31);
  });

  it('are trained one after the other, kept, named, laid over the next, and judged by their own numbers', async () => {
    const { lab, worker, finish, start, queue, states, archive } = await page();
    await start('figure2');
    expect(worker().sent('create').at(-1)?.config).toMatchObject({ stopGradient: true, totalSteps: 40, seed: 7 });
    expect(worker().sent('train')).toHaveLength(1);
    expect(states()).toEqual(['running', 'waiting']);
    await finish({ outputStd: 0.1125 });
    expect(states()).toEqual(['finished', 'running']);
    expect(worker().sent('create').at(-1)?.config).toMatchObject({ stopGradient: false, totalSteps: 40, seed: 7 });
    expect(archive().runs.map(({ name, state }) => [name, state])).toEqual([
      ['Figure 2: with stop-gradient', 'finished'],
    ]);
    expect(archive().overlays.map(({ id, series }) => [id, series.get('loss').length])).toEqual([
      [archive().runs[0]!.id, 1],
    ]);
    expect(queue()).toMatchObject({ phase: 'running', verdict: null });
    await finish({ outputStd: 0.001, loss: -0.999, accuracy: 0.1 });
    expect(states()).toEqual(['finished', 'finished']);
    expect(queue()).toMatchObject({ phase: 'done', verdict: { outcome: 'reproduces' } });
    expect(queue().runs[0]?.summary).toMatchObject({
      steps: 40,
      seeds: 1,
      loss: { value: -0.8 },
      relativeStd: { value: expect.closeTo(0.9, 10) },
      effectiveRank: { value: 30 },
      knn: { value: 0.7 },
      untrainedKnn: { value: 0.6 },
    });
    expect(archive().live?.name).toBe('Figure 2: without stop-gradient');
    expect(lab.runStore.getState().runState).toBe('finished');
  });

  it('keep the run that was on the page, and say so; its settings can be restored', async () => {
    const { lab, measure, finish, start, queue, archive } = await page();
    measure(3);
    lab.set('momentum', 0.8);
    await start('figure2');
    expect(archive().runs).toEqual([expect.objectContaining({ steps: 3, name: null })]);
    expect(queue().message).toContain('kept');
    await finish();
    await finish();
    lab.experiments.goBack();
    await settled();
    expect(lab.runStore.getState()).toMatchObject({ config: { momentum: 0.8, stopGradient: true, totalSteps: 1000 } });
    expect(lab.runStore.getState().intent).toBeNull();
    expect(archive().runs).toHaveLength(3);
    expect(archive().overlays).toHaveLength(2);
  });

  it('remove earlier overlays from the charts, and a run that is removed stays off', async () => {
    const { lab, measure, finish, start, archive } = await page();
    measure(3);
    lab.reset();
    await settled();
    await lab.archive.toggle(archive().runs[0]!.id);
    await start('predictor');
    expect(archive().overlays).toEqual([]);
    await finish();
    await lab.archive.toggle(archive().overlays[0]!.id);
    await finish();
    expect(archive().overlays.map(({ id }) => archive().runs.find((run) => run.id === id)?.name)).toEqual([
      'Table 1: no h',
    ]);
  });

  it('continue after one that failed, in a new worker', async () => {
    const { worker, workers, state, finish, start, queue, states } = await page();
    await start('figure2');
    state('training', 0);
    worker().send({ type: 'error', error: BROKEN, runId: null });
    await settled();
    expect(workers).toHaveLength(2);
    expect(states()).toEqual(['failed', 'running']);
    expect(queue().runs[0]).toMatchObject({ note: BROKEN.message, summary: null });
    await finish();
    expect(queue()).toMatchObject({ phase: 'done', verdict: { outcome: 'cannot tell' } });
  });

  it('that cannot be built are marked, and leave the page’s run unchanged', async () => {
    // There are enough images for two batches of 128, but not of 256.
    const { lab, measure, start, states, queue, finish, archive } = await page({ count: 300 });
    measure(3);
    await start('batch-size', 8);
    for (let i = 0; i < 3; i++) await finish();
    expect(states()).toEqual([...Array(3).fill('finished'), ...Array(3).fill('failed')]);
    expect(queue().runs[3]?.note).toContain('fewer than two batches of 256');
    expect(queue().phase).toBe('done');
    expect(archive().live?.name).toBe('Table 2: batch 128');
    expect(lab.runStore.getState().runState).toBe('finished');
  });

  it('that were changed in flight do not count', async () => {
    const { lab, worker, finish, start, queue } = await page();
    await start('figure2');
    const { runId } = lab.runStore.getState().active!;
    const marker = { kind: 'change', step: 3, key: 'stopGradient', value: false } as const;
    worker().signal(runId, { kind: 'marker', value: marker });
    await finish();
    await finish();
    expect(queue().runs.map(({ summary }) => summary === null)).toEqual([true, false]);
    expect(queue()).toMatchObject({ phase: 'done', verdict: { outcome: 'cannot tell' } });
  });
});

describe('forks', () => {
  const PAST_SAVING = ['on', 'off', 'after-5', 'after-10', 'after-20', 'after-40', 'after-80'];

  /** Keeps the run on the page after these steps, as its worker would. */
  async function keep(lab: Lab, checkpoints: CheckpointMemory, steps: readonly number[]): Promise<void> {
    const { active } = lab.runStore.getState();
    const { keptId: id, config, parent } = active!;
    const { changes } = lab.runStore.getState();
    const entries = steps.map((step) => ({ step, bytes: 1, keptFor: ['fork' as const] }));
    const dataset = { name: 'Fashion-MNIST', count: 1000, sample: 'fashion-mnist' as const, fingerprint: null };
    const pointer = { version: CURRENT_VERSION, id, config, changes, dataset, parent, steps: entries, written: 1 };
    await checkpoints.put({ ...pointer, last: steps.at(-1)! }, { isNew: true });
  }

  it('begin from the checkpoints of their run, which keeps them, and are judged by their own numbers', async () => {
    const checkpoints = new CheckpointMemory();
    const { lab, worker, finish, start, queue, states } = await page({ checkpoints });
    await start('past-saving', 600);
    expect(queue().runs.map(({ run }) => run.id)).toEqual(PAST_SAVING);
    await finish({ outputStd: 0.1 });
    expect(worker().sent('create').at(-1)).toMatchObject({
      changes: [[100, 'stopGradient', false]],
      keeping: { forksAt: [105, 110, 120, 140, 180] },
    });
    const parent = lab.runStore.getState().active!.keptId;
    await keep(lab, checkpoints, [105, 110, 120, 140, 180, 600]);
    await finish({ outputStd: 0.001 });
    for (const [i, outputStd] of [0.09, 0.08, 0.06, 0.04, 0.01].entries()) {
      const step = [105, 110, 120, 140, 180][i];
      expect(worker().sent('resume').at(-1)).toMatchObject({
        from: { id: parent, step },
        changes: [['stopGradient', true]],
        keeping: { parent: { id: parent, step } },
      });
      expect(states()[i + 2]).toBe('running');
      await finish({ outputStd });
    }
    expect(states()).toEqual(Array(7).fill('finished'));
    const { verdict } = queue();
    expect(verdict?.outcome).toBe('reproduces');
    expect(JSON.stringify(verdict)).toContain(
      '5 steps 90 %, 10 steps 80 %, 20 steps 60 %, 40 steps 40 %, 80 steps 10 %',
    );
  });

  it('are marked where the checkpoint that they begin from was not kept, and the others go on', async () => {
    const checkpoints = new CheckpointMemory();
    const { lab, finish, start, queue, states } = await page({ checkpoints });
    await start('past-saving', 600);
    await finish();
    await keep(lab, checkpoints, [110, 600]);
    await finish({ outputStd: 0.001 });
    await finish({ outputStd: 0.06 });
    expect(states()).toEqual(['finished', 'finished', 'failed', 'finished', 'failed', 'failed', 'failed']);
    expect(queue().runs[2]?.note).toBe('No checkpoint of step 105 of “off from step 100” is kept.');
    expect(queue()).toMatchObject({ phase: 'done', verdict: { outcome: 'cannot tell' } });
  });
});

describe('several seeds', () => {
  it('are trained in turn, shown as a mean with its deviation, and judged together', async () => {
    const { worker, finish, start, queue, archive } = await page();
    await start('figure2', 40, 2);
    expect(queue().runs.map(({ run, config }) => [run.id, config.seed])).toEqual([
      ['with', 7],
      ['without', 7],
      ['with', 8],
      ['without', 8],
    ]);
    const collapsed = { outputStd: 0.001, loss: -0.999, accuracy: 0.1 };
    await finish({ loss: -0.8 });
    await finish(collapsed);
    expect(worker().sent('create').at(-1)?.config).toMatchObject({ stopGradient: true, seed: 8 });
    await finish({ loss: -0.6, accuracy: 0.66 });
    const [overlay, other] = archive().overlays;
    expect(overlay?.mean?.name).toBe('Figure 2: with stop-gradient, 2 seeds');
    expect(overlay?.series.get('loss').last()).toEqual({ step: 40, value: expect.closeTo(-0.7, 10) });
    expect(overlay?.mean?.deviation.get('loss').last()?.value).toBeCloseTo(Math.SQRT2 / 10, 10);
    expect(other?.mean).toBeNull();
    expect(archive().runs.map(({ name }) => name)).toContain('Figure 2: with stop-gradient, seed 8');
    await finish(collapsed);
    expect(queue()).toMatchObject({ phase: 'done', verdict: { outcome: 'reproduces' } });
    expect(resultsOf(queue().runs)[0]?.summary).toMatchObject({
      seeds: 2,
      knn: { value: expect.closeTo(0.68, 10), values: [0.7, 0.66] },
    });
  });

  it('that were skipped do not count', async () => {
    const { lab, finish, start, queue } = await page();
    await start('figure2', 40, 2);
    await finish();
    await finish();
    lab.experiments.skip();
    await settled();
    await finish();
    expect(resultsOf(queue().runs).map(({ summary }) => summary?.seeds)).toEqual([1, 2]);
  });
});

describe('the person', () => {
  it('pauses and resumes, and the run with it', async () => {
    const { lab, worker, state, start, states } = await page();
    await start('figure2');
    state('training', 0);
    lab.experiments.pause();
    await settled();
    expect(worker().sent('pause')).toHaveLength(1);
    state('paused', 5);
    await settled();
    expect(states()).toEqual(['running', 'waiting']);
    lab.experiments.resume();
    await settled();
    expect(worker().sent('train')).toHaveLength(2);
  });

  it('skips a run, which is kept and does not count', async () => {
    const { lab, worker, measure, finish, start, states, queue, archive } = await page();
    await start('figure2');
    measure(5);
    lab.experiments.skip();
    await settled();
    expect(states()).toEqual(['skipped', 'running']);
    expect(archive().runs[0]).toMatchObject({ steps: 5, state: 'stopped' });
    expect(archive().overlays).toEqual([]);
    await finish();
    expect(queue()).toMatchObject({ phase: 'done', verdict: { outcome: 'cannot tell' } });
    await start('figure2');
    await finish();
    lab.experiments.skip();
    await settled();
    expect(queue().phase).toBe('done');
    expect(worker().sent('pause'), 'nothing follows the last one').toHaveLength(1);
  });

  it('stops the queue', async () => {
    const { lab, worker, state, start, states, queue } = await page();
    await start('predictor');
    state('training', 0);
    lab.experiments.stop();
    await settled();
    expect(states()).toEqual(Array(4).fill('stopped'));
    expect(queue().phase).toBe('stopped');
    expect(worker().sent('pause')).toHaveLength(1);
    await start('figure2');
    expect(states()).toEqual(['running', 'waiting']);
  });

  it('begins another run: the queue ends and says so', async () => {
    const { lab, measure, start, states, queue } = await page();
    await start('figure2');
    measure(5);
    lab.reset();
    await settled();
    expect(queue()).toMatchObject({ phase: 'stopped', message: expect.stringContaining('another run was begun') });
    expect(states()).toEqual(['stopped', 'stopped']);
    expect(lab.runStore.getState().intent).toBeNull();
  });
});

it('progress counts the steps of all runs', async () => {
  const { start, finish, queue } = await page();
  await start('figure2');
  expect(progressOf(queue().runs, 10)).toEqual({ index: 0, of: 2, done: 10, total: 80 });
  await finish();
  expect(progressOf(queue().runs, 10)).toEqual({ index: 1, of: 2, done: 50, total: 80 });
  await finish();
  expect(progressOf(queue().runs, 40)).toEqual({ index: null, of: 2, done: 80, total: 80 });
});
