import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { squarePlaces } from '../../../src/domain/imageDataset';
import type { Measurement } from '../../../src/domain/measurement';
import { presetConfig } from '../../../src/domain/presets';
import { MAX_OVERLAYS } from '../../../src/session/archive/archiveStore';
import { runName } from '../../../src/session/archive/describeRun';
import { picturesOf } from '../../../src/session/archive/picturesOf';
import { Lab } from '../../../src/session/lab';
import { RunDatabase } from '../../../src/storage/runDatabase';
import { type RunStorage, StorageError } from '../../../src/storage/runStorage';
import { frameImages, outputFrame } from '../../setup/frames';
import { curvesOfLength, keptRun } from '../../setup/runRecord';
import { FakeWorker } from './fakeWorker';

/** Waits for promises, due timers and the database. */
async function settled(ms = 1000): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  // A transaction takes some turns of the event loop.
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** A page with small synthetic images, ready to train. */
async function page(storage?: RunStorage, hash = '#preset=tiny') {
  const worker = new FakeWorker({});
  const lab = new Lab(hash, {
    openWorker: () => worker,
    loaders: {
      fetchRest: async () => undefined,
      loadSample: async (id) => ({
        name: 'Fashion-MNIST',
        source: { kind: 'sample', id, license: 'MIT' },
        size: 32,
        count: 1000,
        names: [],
        labels: null,
        classNames: [],
        split: new Uint8Array(1000),
        pixels: new Uint8Array(4),
        ...squarePlaces(1, 1),
        facts: null,
      }),
      importProject: () => Promise.reject(new Error('no project')),
      importImages: async () => Promise.reject(new Error('no images')),
    },
    sampleOrigin: (id) => ({ kind: 'sample', id, title: id }),
    ...(storage === undefined ? {} : { storage }),
  });
  lab.start();
  await settled();
  const runId = () => lab.runStore.getState().active?.runId ?? 'none';
  const archive = () => lab.archive.store.getState();
  return {
    lab,
    worker,
    runId,
    archive,
    measure: (...items: Measurement[]) => worker.signal(runId(), { kind: 'measurements', value: items }),
    state: (state: 'training' | 'paused' | 'finished', step: number) =>
      worker.signal(runId(), { kind: 'state', value: { state, step } }),
    async reset() {
      lab.reset();
      await settled();
    },
  };
}

/** The runs that a later visit to the page reads. */
async function stored() {
  const database = new RunDatabase();
  const listed = database.list();
  await settled();
  const { runs } = await listed;
  const curves = Promise.all(runs.map(({ id }) => database.curves(id)));
  await settled();
  return { runs, curves: await curves };
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  // The test database needs the real setImmediate, which is therefore not faked.
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 2), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a run', () => {
  it('is kept when the next one begins, as it was', async () => {
    const { lab, worker, runId, measure, archive, reset } = await page();
    measure({ step: 1, loss: -0.1 }, { step: 2, loss: -0.2, outputStd: 0.1, knn: 0.5 });
    worker.signal(runId(), {
      kind: 'marker',
      value: { kind: 'change', step: 2, key: 'stopGradient', value: false },
    });
    worker.signal(runId(), {
      kind: 'diagnosis',
      value: { state: 'collapsed', since: 3, outputStd: 0, loss: -1 },
    });
    measure({ step: 3, loss: -0.3 });
    expect(archive().runs).toEqual([]);
    await reset();
    expect(archive().live).toBeNull();
    expect(archive().runs).toEqual([
      expect.objectContaining({
        name: null,
        created: expect.any(Number),
        config: presetConfig('tiny'),
        changes: [[2, 'stopGradient', false]],
        dataset: { name: 'Fashion-MNIST', count: 1000, sample: 'fashion-mnist', fingerprint: null },
        engine: { name: 'webgpu', adapter: 'test adapter' },
        steps: 3,
        state: 'stopped',
        diagnosis: { state: 'collapsed', since: 3, outputStd: 0, loss: -1 },
        markers: [{ kind: 'change', step: 2, key: 'stopGradient', value: false }],
        final: { loss: -0.3, outputStd: 0.1, knn: 0.5 },
      }),
    ]);
    const [run] = archive().runs;
    await lab.archive.toggle(run!.id);
    const [overlay] = archive().overlays;
    expect(overlay?.series.get('loss').decimated(10)).toEqual([
      { step: 1, value: -0.1 },
      { step: 2, value: -0.2 },
      { step: 3, value: -0.3 },
    ]);
    expect(lab.series.get('loss').length).toBe(0);
  });

  it('is kept when its images are replaced, under the name of those it was trained on', async () => {
    const { lab, measure, archive } = await page();
    measure({ step: 1, loss: -0.1 });
    lab.chooseSample('emoji-3d');
    await settled();
    expect(archive().runs[0]?.dataset.sample).toBe('fashion-mnist');
    measure({ step: 1, loss: -0.1 });
    lab.reset();
    await settled();
    expect(archive().runs.map(({ dataset }) => dataset.sample)).toEqual(['emoji-3d', 'fashion-mnist']);
  });

  it('that took no step is not kept', async () => {
    const { lab, archive, reset } = await page();
    lab.set('batchSize', 16);
    await settled();
    await reset();
    expect(archive().runs).toEqual([]);
  });

  it('leaves out changes of its link at steps that it did not reach', async () => {
    const hash = `#preset=tiny&changes=${encodeURIComponent('[[2,"predictor","none"],[9,"stopGradient",false]]')}`;
    const { measure, archive, reset } = await page(undefined, hash);
    measure({ step: 3, loss: -0.1 });
    await reset();
    expect(archive().runs[0]?.changes).toEqual([[2, 'predictor', 'none']]);
  });
});

describe('a reload', () => {
  it('finds the run as of its last pause or end, or of a few seconds ago', async () => {
    const { measure, state } = await page(new RunDatabase());
    state('training', 0);
    measure({ step: 1, loss: -0.1 });
    await settled(5000);
    expect((await stored()).runs[0]).toMatchObject({ steps: 1, state: 'stopped', final: { loss: -0.1 } });
    measure({ step: 2, loss: -0.2 });
    state('paused', 2);
    await settled(0);
    expect((await stored()).runs[0]).toMatchObject({ steps: 2 });
    state('training', 2);
    measure({ step: 3, loss: -0.3 });
    state('finished', 3);
    await settled(0);
    const { runs, curves } = await stored();
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ steps: 3, state: 'finished' });
    expect(curves[0]?.loss?.values).toEqual(Float64Array.of(-0.1, -0.2, -0.3));

    const later = await page(new RunDatabase());
    await settled();
    expect(later.archive()).toMatchObject({ loaded: true, runs });
    await later.lab.archive.toggle(runs[0]!.id);
    expect(later.archive().overlays[0]?.series.get('loss').length).toBe(3);
  });

  it('finds the run as of the time when the page was left', async () => {
    const { lab, measure } = await page(new RunDatabase());
    await settled();
    measure({ step: 1, loss: -0.1 });
    lab.archive.leave();
    await settled(0);
    expect((await stored()).runs[0]?.steps).toBe(1);
  });

  it('finds a training run written at intervals that grow with its age', async () => {
    const storage = new RunDatabase();
    const save = vi.spyOn(storage, 'save');
    const { measure, state } = await page(storage);
    state('training', 0);
    for (let step = 1; step <= 600; step++) {
      measure({ step, loss: -0.1 });
      await settled(1000);
    }
    expect(save.mock.calls.length).toBeGreaterThan(15);
    expect(save.mock.calls.length).toBeLessThan(60);
  });

  it('of a long run has curves of bounded length with every spike', async () => {
    const { measure, state } = await page(new RunDatabase());
    measure(
      ...Array.from({ length: 20_000 }, (_, i) => ({
        step: i + 1,
        loss: i === 12_345 ? 7 : Math.sin(i),
        outputStd: 1,
      })),
    );
    state('paused', 20_000);
    await settled();
    const { curves } = await stored();
    expect(curves[0]?.loss?.steps.length).toBeLessThanOrEqual(4096);
    expect(curves[0]?.loss?.values).toContain(7);
    expect(curves[0]?.loss?.steps.at(-1)).toBe(20_000);
  });
});

describe('the person', () => {
  /** A page that finds three runs. */
  async function withRuns(storage: RunStorage = new RunDatabase()) {
    const before = new RunDatabase();
    for (const [i, id] of ['one', 'two', 'three'].entries()) {
      await before.save(keptRun({ id, created: i }), curvesOfLength(10), { isNew: true });
    }
    const opened = await page(storage);
    await settled();
    return { ...opened, ids: () => opened.archive().runs.map(({ id }) => id) };
  }

  it('sees the newest first', async () => {
    expect((await withRuns()).ids()).toEqual(['three', 'two', 'one']);
  });

  it('renames a run, and restores the default name', async () => {
    const { lab, archive } = await withRuns();
    await lab.archive.rename('two', '  the good one ');
    expect(runName(archive().runs[1]!)).toBe('the good one');
    expect((await stored()).runs.find(({ id }) => id === 'two')?.name).toBe('the good one');
    await lab.archive.rename('two', ' ');
    expect(runName(archive().runs[1]!)).toBe('SimSiam · stop-gradient off at step 61');
  });

  it('renames the run on the page, written or not', async () => {
    const { lab, measure, state, archive, reset } = await page(new RunDatabase());
    measure({ step: 1, loss: -0.1 });
    await lab.archive.rename(archive().live!.id, 'early');
    state('paused', 1);
    await settled();
    expect((await stored()).runs[0]?.name).toBe('early');
    await lab.archive.rename(archive().live!.id, 'late');
    await reset();
    expect(archive().runs[0]?.name).toBe('late');
    expect((await stored()).runs[0]?.name).toBe('late');
  });

  it('deletes runs and restores them, the last deleted first', async () => {
    const { lab, archive, ids } = await withRuns();
    await lab.archive.toggle('two');
    await lab.archive.remove('two');
    await lab.archive.remove('one');
    expect(ids()).toEqual(['three']);
    expect(archive().overlays).toEqual([]);
    expect((await stored()).runs.map(({ id }) => id)).toEqual(['three']);
    await lab.archive.restore();
    expect(ids()).toEqual(['three', 'one']);
    await lab.archive.restore();
    expect(ids()).toEqual(['three', 'two', 'one']);
    expect(archive().deleted).toEqual([]);
    const { runs, curves } = await stored();
    expect(runs.map(({ id }) => id).sort()).toEqual(['one', 'three', 'two']);
    expect(curves).toEqual(Array(3).fill(curvesOfLength(10)));
  });

  it('lays a limited number of runs over the charts, each with a fixed style', async () => {
    const { lab, archive } = await withRuns();
    const slots = () => archive().overlays.map(({ id, slot }) => `${id} ${slot}`);
    const loaded = lab.archive.toggle('one');
    expect(slots(), 'at once').toEqual(['one 0']);
    await loaded;
    expect(archive().overlays[0]?.series.get('loss').length).toBe(10);
    await lab.archive.toggle('two');
    await lab.archive.toggle('one');
    expect(slots()).toEqual(['two 1']);
    await lab.archive.toggle('three');
    expect(slots()).toEqual(['three 0', 'two 1']);
    const more = Array.from({ length: MAX_OVERLAYS }, (_, i) => `more ${i}`);
    for (const id of more) await lab.archive.toggle(id);
    expect(archive().overlays).toHaveLength(MAX_OVERLAYS);
  });

  it('sees in one tab what happens in another', async () => {
    const { lab, archive, ids } = await withRuns();
    const other = new RunDatabase();
    await lab.archive.toggle('two');
    await other.save(keptRun({ id: 'two', created: 1, steps: 999 }), curvesOfLength(20), { isNew: false });
    await lab.archive.changedElsewhere('two', false);
    expect(archive().runs[1]?.steps).toBe(999);
    expect(archive().overlays[0]?.series.get('loss').length).toBe(20);
    await other.remove('two');
    await lab.archive.changedElsewhere('two', false);
    expect(ids()).toEqual(['three', 'one']);
    expect(archive().overlays).toEqual([]);
  });

  it('knows which runs train in other tabs, also where such a tab ends without a word', async () => {
    const { lab, archive } = await withRuns();
    const elsewhere = () => [...archive().elsewhere];
    await lab.archive.changedElsewhere('two', true);
    expect(elsewhere()).toEqual(['two']);
    await lab.archive.changedElsewhere('two', false);
    expect(elsewhere()).toEqual([]);
    await lab.archive.changedElsewhere('two', true);
    await settled(40_000);
    expect(elsewhere()).toEqual([]);
  });
});

describe('frames', () => {
  const begin = (worker: FakeWorker, runId: string, ...steps: number[]) => {
    worker.signal(runId, { kind: 'frameImages', value: frameImages(4) });
    for (const step of steps) worker.signal(runId, { kind: 'frame', value: outputFrame(4, step) });
  };
  const stepsOf = (track: { frames: readonly { step: number }[] } | null | undefined) =>
    track?.frames.map(({ step }) => step);

  it('are kept with their run, can be shown after a reload, and are restored with a deleted run', async () => {
    const { lab, worker, runId, measure, archive, reset } = await page(new RunDatabase());
    begin(worker, runId(), 0, 25);
    measure({ step: 30, loss: -0.1 });
    expect(stepsOf(lab.frames.store.getState().track)).toEqual([0, 25]);
    await reset();
    expect(lab.frames.store.getState().track).toBeNull();
    const [run] = archive().runs;
    const later = await page(new RunDatabase());
    const opened = later.lab.frames.open(run!.id);
    await settled();
    expect(await opened).toBe(true);
    expect(later.lab.frames.store.getState().opened).toEqual({ runId: run!.id, name: runName(run!) });
    expect(stepsOf(later.lab.frames.store.getState().track)).toEqual([0, 25]);

    const removed = later.lab.archive.remove(run!.id);
    await settled();
    await removed;
    expect(later.lab.frames.store.getState().opened).toBeNull();
    const database = new RunDatabase();
    const gone = database.frames(run!.id);
    await settled();
    expect(await gone).toBeNull();
    const restored = later.lab.archive.restore();
    await settled();
    await restored;
    const back = database.frames(run!.id);
    await settled();
    expect(stepsOf(await back)).toEqual([0, 25]);
  });

  it('are written when the run pauses and every half minute, not with each of its writes', async () => {
    const { worker, runId, measure, state } = await page(new RunDatabase());
    const save = vi.spyOn(RunDatabase.prototype, 'save');
    state('training', 0);
    begin(worker, runId(), 0);
    const written = () => save.mock.calls.map(([, , { frames }]) => stepsOf(frames) ?? null);
    for (let step = 1; step <= 10; step++) {
      worker.signal(runId(), { kind: 'frame', value: outputFrame(4, step) });
      measure({ step, loss: -0.1 });
      await settled(5000);
    }
    const early = written();
    expect(early.length).toBeGreaterThan(5);
    expect(early.filter((frames) => frames !== null)).toHaveLength(1);
    state('paused', 10);
    await settled();
    expect(written().at(-1)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    state('training', 10);
    state('paused', 10);
    await settled();
    expect(written().at(-1)).toBeNull();
    save.mockRestore();
  });

  it('of a page without a storage are kept while it is open', async () => {
    const { lab, worker, runId, measure, archive, reset } = await page();
    begin(worker, runId(), 0, 25);
    measure({ step: 30, loss: -0.1 });
    const live = archive().live!.id;
    expect(await lab.frames.compare(live)).toBe(true);
    await reset();
    expect(await lab.frames.open(live)).toBe(true);
    expect(stepsOf(lab.frames.store.getState().track)).toEqual([0, 25]);
  });
});

describe('the pictures of a kept run', () => {
  const info = {
    name: 'mine',
    size: 32,
    count: 12_000,
    names: [],
    labels: null,
    classNames: [],
    split: new Uint8Array(0),
  };
  const sample = { ...info, source: { kind: 'sample', id: 'fashion-mnist', license: 'MIT' } } as const;
  const folder = { ...info, source: { kind: 'folder', name: 'mine', count: 12_000, fingerprint: 'f' } } as const;

  it('are there with the same sample or the same folder', () => {
    const ofFolder = keptRun({ dataset: { name: 'mine', count: 12_000, sample: null, fingerprint: 'f' } });
    expect(picturesOf(keptRun(), sample)).toBe(true);
    expect(picturesOf(ofFolder, folder)).toBe(true);
    expect(picturesOf(keptRun(), folder)).toBe(false);
    expect(picturesOf(ofFolder, sample)).toBe(false);
    expect(picturesOf(ofFolder, { ...folder, source: { ...folder.source, fingerprint: 'g' } })).toBe(false);
    expect(picturesOf(keptRun(), { ...sample, count: 100 })).toBe(false);
    expect(picturesOf(keptRun(), null)).toBe(false);
  });
});

describe('a storage that fails', () => {
  it.each(['full', 'unavailable'] as const)(
    '(%s) is spoken of once, and runs are kept by the page',
    async (problem) => {
      const fail = async () => Promise.reject(new StorageError(problem, null));
      const storage: RunStorage = {
        list: fail,
        read: fail,
        curves: fail,
        frames: fail,
        save: fail,
        rename: fail,
        remove: fail,
        removeUnreadable: fail,
        purge: fail,
      };
      const { lab, measure, archive, reset } = await page(storage);
      for (let run = 0; run < 3; run++) {
        measure({ step: 1, loss: -0.1 });
        await reset();
      }
      expect(archive()).toMatchObject({ loaded: true, problem });
      expect(archive().runs).toHaveLength(3);
      expect(lab.noticeStore.getState().notices).toHaveLength(1);
      const [run] = archive().runs;
      await lab.archive.toggle(run!.id);
      expect(archive().overlays[0]?.series.get('loss').length).toBe(1);
      await lab.archive.rename(run!.id, 'mine');
      await lab.archive.remove(run!.id);
      expect(archive().runs).toHaveLength(2);
      await lab.archive.restore();
      expect(archive().runs[0]?.name).toBe('mine');
    },
  );

  it('is used again once there is space', async () => {
    const storage = new RunDatabase();
    const save = vi.spyOn(storage, 'save').mockRejectedValue(new StorageError('full', null));
    const { measure, archive, reset } = await page(storage);
    measure({ step: 1, loss: -0.1 });
    await reset();
    expect(archive().problem).toBe('full');
    save.mockRestore();
    measure({ step: 1, loss: -0.2 });
    await reset();
    expect(archive().problem).toBeNull();
    expect((await stored()).runs.map(({ final }) => final.loss)).toEqual([-0.2]);
  });
});
