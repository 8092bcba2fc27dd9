import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ImageDataset, squarePlaces } from '../../../src/domain/imageDataset';
import { presetConfig } from '../../../src/domain/presets';
import { encodeShareLink } from '../../../src/domain/shareLink';
import { CURRENT_VERSION } from '../../../src/domain/versions/registry';
import { namesRun } from '../../../src/session/keeping/sameRun';
import { wayBack } from '../../../src/session/keeping/wayBack';
import { Lab } from '../../../src/session/lab';
import type { Locks } from '../../../src/session/run/runLock';
import { createRunStore, type RunStoreState } from '../../../src/session/run/runStore';
import { CheckpointMemory } from '../../../src/storage/checkpointMemory';
import type { RunPointer } from '../../../src/storage/runPointer';
import { activeRun } from '../../setup/activeRun';
import { FakeWorker } from './fakeWorker';

const CONFIG = presetConfig('tiny');

const pointer: RunPointer = {
  version: CURRENT_VERSION,
  id: 'kept',
  config: CONFIG,
  changes: [[40, 'stopGradient', false]],
  dataset: { name: 'fashion-mnist', count: 1000, sample: 'fashion-mnist', fingerprint: null },
  parent: null,
  steps: [
    { step: 40, bytes: 100, keptFor: ['change'] },
    { step: 64, bytes: 100, keptFor: [] },
  ],
  last: 64,
  written: 1,
};

const FOLDER: RunPointer = {
  ...pointer,
  config: { ...presetConfig('tiny', 'folder') },
  dataset: { name: 'cats', count: 300, sample: null, fingerprint: 'f00' },
};

function images(source: ImageDataset['source'], count = 1000): ImageDataset {
  return {
    name: source.kind === 'sample' ? source.id : source.name,
    source,
    size: 32,
    count,
    names: Array.from({ length: count }, (_, i) => `image ${i}`),
    labels: null,
    classNames: [],
    split: new Uint8Array(count),
    pixels: new Uint8Array(4),
    ...squarePlaces(1, 1),
    facts: null,
  };
}

/** A browser without locks, and one in which another tab has every run. */
const TAKEN: Locks = {
  request: (...args: unknown[]) => {
    const { signal } = args[1] as { signal: AbortSignal };
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  },
} as Locks;

async function opened({
  kept = pointer,
  hash = '',
  locks = null,
}: {
  kept?: RunPointer | null;
  hash?: string;
  locks?: Locks | null;
} = {}) {
  const checkpoints = new CheckpointMemory();
  if (kept !== null) await checkpoints.put(kept, { isNew: true });
  const workers: FakeWorker[] = [];
  const lab = new Lab(hash, {
    openWorker: () => {
      const worker = new FakeWorker({
        resume: ({ changes }) => ({
          step: 64,
          config: kept?.config ?? CONFIG,
          changes: [...(kept?.changes ?? []), ...changes.map(([key, value]) => [64, key, value] as const)],
          notes: ['The run had 1 thread.'],
        }),
      });
      workers.push(worker);
      return worker;
    },
    loaders: {
      fetchRest: async () => undefined,
      loadSample: async (id) => images({ kind: 'sample', id, license: 'MIT' }),
      importProject: () => Promise.reject(new Error('no project')),
      importImages: async () => ({
        dataset: images({ kind: 'folder', name: 'dogs', count: 300, fingerprint: 'other' }, 300),
        skipped: [],
        plan: null,
      }),
    },
    sampleOrigin: (id) => ({ kind: 'sample', id, title: id }),
    checkpoints,
    locks,
  });
  lab.start();
  await vi.advanceTimersByTimeAsync(3000);
  const worker = () => workers.at(-1)!;
  const notices = () => lab.noticeStore.getState().notices.map(({ text }) => text);
  return { lab, worker, notices, state: () => lab.runStore.getState() };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the page opens with its last run', () => {
  it('from its last checkpoint, under its id, and says what differs', async () => {
    const { worker, state, notices } = await opened();
    const [command] = worker().sent('resume');
    expect(command).toMatchObject({ from: { id: 'kept', step: null }, keeping: { id: 'kept' }, changes: [] });
    expect(worker().sent('create')).toEqual([]);
    expect(state()).toMatchObject({ config: CONFIG, changes: pointer.changes, beginning: null });
    expect(state().active).toMatchObject({ keptId: 'kept', parent: null, reopenedAt: 64 });
    expect(notices()).toEqual(['The run had 1 thread.']);
  });

  it('where the address names it, and not where it asks for something else', async () => {
    const link = (changed: Partial<typeof CONFIG>) =>
      `#${encodeShareLink({ config: { ...CONFIG, ...changed }, changes: [], folder: null })}`;
    expect((await opened({ hash: link({}) })).worker().sent('resume')).toHaveLength(1);
    const other = await opened({ hash: link({ seed: 9 }) });
    expect(other.worker().sent('resume')).toEqual([]);
    expect(other.worker().sent('create')).toHaveLength(1);
  });

  it('unless another tab has it, which it says', async () => {
    const { worker, notices } = await opened({ locks: TAKEN });
    expect(worker().sent('resume')).toEqual([]);
    expect(worker().sent('create')).toHaveLength(1);
    expect(notices().join()).toContain('is open in another tab. This tab starts a run of its own.');
  });

  it('once its folder is there; another folder begins a run of its own', async () => {
    const { lab, worker, state, notices } = await opened({ kept: FOLDER });
    expect(worker().sent('resume')).toEqual([]);
    expect(lab.datasetStore.getState().wanted).toMatchObject({ fingerprint: 'f00' });
    expect(state().beginning).not.toBeNull();
    const collect = async () => ({ name: 'dogs', found: [] });
    await lab.loadImages({ kind: 'files', title: 'dogs', collect });
    await vi.advanceTimersByTimeAsync(1000);
    expect(worker().sent('resume')).toEqual([]);
    expect(worker().sent('create')).toHaveLength(1);
    expect(notices().join()).toContain('The run on “cats” stays under Runs; this is a new one.');
  });

  it('and again after its worker has failed, if it has moved', async () => {
    const { worker, state, notices } = await opened();
    const runId = state().active?.runId ?? '';
    worker().signal(runId, { kind: 'state', value: { state: 'training', step: 80 } });
    const first = worker();
    first.crash('out of memory');
    await vi.advanceTimersByTimeAsync(3000);
    expect(worker()).not.toBe(first);
    expect(worker().sent('resume')).toHaveLength(1);
    expect(notices().join()).toContain('The training worker failed at step 80. The run is open again at step 64');
    worker().crash('out of memory');
    await vi.advanceTimersByTimeAsync(3000);
    expect(state().runState).toBe('failed');
  });
});

describe('a fork', () => {
  it('is a run of its own from a kept step, with its changes', async () => {
    const { lab, worker, state } = await opened({ hash: `#v=${CURRENT_VERSION}&seed=5` });
    expect(await lab.keptRuns.fork('kept', 64, [['stopGradient', true]])).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    const [command] = worker().sent('resume');
    expect(command).toMatchObject({ from: { id: 'kept', step: 64 }, changes: [['stopGradient', true]] });
    expect(command?.keeping.id).not.toBe('kept');
    expect(command?.keeping.parent).toEqual({ id: 'kept', step: 64 });
    expect(state().active).toMatchObject({ parent: { id: 'kept', step: 64 }, reopenedAt: null });
    expect(state().changes.at(-1)).toEqual([64, 'stopGradient', true]);
    // Its curves begin where it leaves its parent.
    const runId = state().active?.runId ?? '';
    worker().signal(runId, {
      kind: 'measurements',
      value: [
        { step: 63, loss: -0.5 },
        { step: 64, loss: -0.6 },
      ],
    });
    expect(lab.series.get('loss').last()).toEqual({ step: 64, value: -0.6 });
    expect(lab.series.get('loss').length).toBe(1);
  });

  it('is not begun from a step that is not kept', async () => {
    const { lab, worker } = await opened({ hash: `#v=${CURRENT_VERSION}&seed=5` });
    expect(await lab.keptRuns.fork('kept', 50, [])).toBe(false);
    expect(worker().sent('resume')).toEqual([]);
  });
});

it('what a run reported before it was rewound is replaced by what follows', async () => {
  const { lab, worker, state } = await opened();
  const runId = state().active?.runId ?? '';
  const say = (step: number, loss: number) => worker().signal(runId, { kind: 'measurements', value: [{ step, loss }] });
  say(70, -0.5);
  worker().signal(runId, { kind: 'marker', value: { kind: 'diagnosis', step: 70, state: 'collapsed' } });
  worker().signal(runId, { kind: 'rewound', value: { step: 64 } });
  expect(state()).toMatchObject({ step: 64, latest: {}, markers: [], diagnosis: null });
  say(64, -0.4);
  expect(lab.series.get('loss').length).toBe(1);
  expect(state().latest.loss).toBe(-0.4);
});

describe('an address names a run', () => {
  const kept = { config: CONFIG, changes: pointer.changes };

  it.each([
    ['with the same settings and none of its changes', { config: CONFIG, changes: [] }, true],
    ['with its changes', kept, true],
    ['but not with other settings', { config: { ...CONFIG, seed: 2 }, changes: [] }, false],
    ['but not with a change that it has not made', { ...kept, changes: [[60, 'stopGradient', true]] as const }, false],
  ])('%s', (_, address, is) => {
    expect(namesRun(address, kept)).toBe(is);
  });
});

describe('the way back from a failure', () => {
  const collapsed = { state: 'collapsed', since: 120, outputStd: 0, loss: -1 } as const;
  const run = (state: Partial<RunStoreState>): RunStoreState => ({
    ...createRunStore(CONFIG).getState(),
    active: activeRun(CONFIG),
    step: 200,
    diagnosis: collapsed,
    kept: { steps: [64, 100, 128].map((step) => ({ step, bytes: 1 })), problem: null },
    ...state,
  });
  const off = [[100, 'stopGradient', false]] as const;
  const always = activeRun({ ...CONFIG, stopGradient: false });

  it.each<[what: string, state: Partial<RunStoreState>, way: ReturnType<typeof wayBack>]>([
    ['to the step of the change that caused it', { changes: off }, { step: 100, changes: [] }],
    ['to the kept step before it', { changes: [[99, 'stopGradient', false]] }, { step: 64, changes: [] }],
    [
      'with stop-gradient on, where it was off from the start',
      { active: always },
      { step: 100, changes: [['stopGradient', true]] },
    ],
    [
      'to before stop-gradient went off, although it is on again',
      { changes: [...off, [110, 'stopGradient', true]] },
      { step: 100, changes: [] },
    ],
    ['is not offered where no cause is known', {}, null],
    ['nor where nothing before it is kept', { changes: [[10, 'stopGradient', false]] }, null],
    ['nor where nothing has failed', { changes: off, diagnosis: { state: 'learning' } }, null],
  ])('%s', (_, state, way) => {
    expect(wayBack(run(state))).toEqual(way);
  });
});

it('says once that not everything is kept any more, and why', async () => {
  const { worker, state, notices } = await opened({ kept: null });
  const runId = state().active?.runId ?? '';
  const kept = (problem: 'full' | 'over-budget' | null) =>
    worker().signal(runId, { kind: 'kept', value: { steps: [{ step: 64, bytes: 1 }], problem } });
  kept(null);
  expect(notices()).toEqual([]);
  kept('full');
  kept('full');
  expect(notices()).toHaveLength(1);
  expect(notices()[0]).toContain('no more space');
  kept('over-budget');
  expect(notices()[1]).toContain('limit');
});
