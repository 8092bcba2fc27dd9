import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LoadSampleOptions } from '../../../src/data/samples';
import { figure2 } from '../../../src/domain/experiments/figure2';
import { type ImageDataset, squarePlaces } from '../../../src/domain/imageDataset';
import { Lab } from '../../../src/session/lab';
import { currentLink } from '../../../src/session/link/linkSync';
import { FakeWorker } from './fakeWorker';

/** A sample of 3,000 images whose first part has 1,500. */
const [TOTAL, FIRST] = [3000, 1500];

function sampleOf(count: number): ImageDataset {
  return {
    name: 'Fashion-MNIST',
    source: { kind: 'sample', id: 'fashion-mnist', license: 'MIT' },
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

interface Load {
  readonly images: number;
  readonly signal: AbortSignal | undefined;
  finish(): void;
  fail(): void;
}

/** A page whose loads of images end when the test says so. */
function opened(hash = '') {
  const worker = new FakeWorker({});
  const loads: Load[] = [];
  const fetchRest = vi.fn(async () => undefined);
  const lab = new Lab(hash, {
    openWorker: () => worker,
    loaders: {
      fetchRest,
      loadSample: (_, { images, signal }: LoadSampleOptions) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
          const finish = () => resolve(sampleOf(images === 0 ? TOTAL : images));
          loads.push({ images, signal, finish, fail: () => reject(new Error('offline')) });
        }),
      importProject: () => Promise.reject(new Error('no project')),
      importImages: () => Promise.reject(new Error('no folder')),
    },
    sampleOrigin: (id) => ({ kind: 'sample', id, title: id, parts: { total: TOTAL, first: FIRST } }),
  });
  lab.start();
  const state = (name: 'paused' | 'training', step = 0) => {
    const runId = lab.runStore.getState().active?.runId ?? 'none';
    worker.signal(runId, { kind: 'state', value: { state: name, step } });
    if (step > 0) worker.signal(runId, { kind: 'measurements', value: [{ step, loss: -0.5 }] });
  };
  const created = () => worker.sent('create').map(({ config }) => config.images);
  const part = () => lab.datasetStore.getState().part;
  const linked = () => new URLSearchParams(currentLink(lab)).get('images');
  return { lab, worker, loads, fetchRest, state, created, part, linked };
}

async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(1000);
}

/** A first visit whose run is built on the first part. */
async function firstVisit() {
  const page = opened();
  page.loads[0].finish();
  await settled();
  return page;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a first visit', () => {
  it('begins with the first part; while nobody trains, the whole sample takes its place', async () => {
    const { lab, loads, state, created, part, linked } = await firstVisit();
    expect(loads.map(({ images }) => images)).toEqual([FIRST]);
    expect(created()).toEqual([FIRST]);
    expect(part()).toMatchObject({ count: FIRST, total: TOTAL, isFixed: false, rest: 'coming' });
    expect(linked(), 'fixed when Train is pressed, not before').toBeNull();
    state('paused');
    await settled();
    expect(loads.map(({ images }) => images)).toEqual([FIRST, 0]);
    expect(lab.datasetStore.getState().loading, 'quietly').toBeNull();
    loads[1].finish();
    await settled();
    expect(created()).toEqual([FIRST, 0]);
    expect(lab.datasetStore.getState().info?.count).toBe(TOTAL);
    expect(part()).toBeNull();
    expect(lab.runStore.getState().config.images).toBe(0);
    expect(linked()).toBeNull();
  });

  it('keeps to the first part when Train is pressed on it, and offers the rest once it is here', async () => {
    const { lab, loads, fetchRest, state, created, part, linked } = await firstVisit();
    lab.train();
    expect(linked()).toBe(String(FIRST));
    await settled();
    state('training');
    await settled();
    expect(fetchRest, 'nothing competes with the first step').not.toHaveBeenCalled();
    state('training', 1);
    await settled();
    expect(fetchRest).toHaveBeenCalledOnce();
    expect(part()).toMatchObject({ isFixed: true, rest: 'here' });
    expect([loads.length, created()]).toEqual([1, [FIRST]]);
    // The offer: the next run uses all.
    lab.set('images', 0);
    expect(created()).toEqual([FIRST]);
    lab.reset();
    await settled();
    loads[1].finish();
    await settled();
    expect([loads[1].images, created()]).toEqual([0, [FIRST, 0]]);
    expect([part(), linked()]).toEqual([null, null]);
  });

  it('keeps to the first part when Train is pressed while the rest is loading', async () => {
    const { lab, worker, loads, state, created, part } = await firstVisit();
    state('paused');
    await settled();
    lab.train();
    await settled();
    expect(loads[1].signal?.aborted).toBe(true);
    expect(worker.sent('train')).toHaveLength(1);
    expect([created(), part()?.isFixed]).toEqual([[FIRST], true]);
  });

  it('keeps to the first part when Train was pressed before it was there', async () => {
    const { lab, loads, state, created, linked } = opened();
    lab.train();
    loads[0].finish();
    await settled();
    state('paused');
    await settled();
    expect([created(), loads.length]).toEqual([[FIRST], 1]);
    expect(linked()).toBe(String(FIRST));
  });

  it('keeps the runs of an experiment to it, too', async () => {
    const { lab, created, part } = await firstVisit();
    void lab.experiments.start(figure2, 10);
    await settled();
    expect([created(), part()?.isFixed]).toEqual([[FIRST, FIRST], true]);
  });

  it('stays with the first part when the rest cannot be loaded, and does not try again', async () => {
    const { lab, loads, state, part } = await firstVisit();
    state('paused');
    await settled();
    loads[1].fail();
    await settled();
    state('paused');
    await settled();
    expect([loads.length, part()?.rest, lab.datasetStore.getState().problem]).toEqual([2, 'away', null]);
  });

  it('begins with the first part of another sample, too, whatever the run before kept to', async () => {
    const { lab, loads } = await firstVisit();
    lab.train();
    lab.chooseSample('emoji-3d');
    await settled();
    expect(loads.at(-1)?.images).toBe(FIRST);
    loads.at(-1)?.finish();
    await settled();
    expect(lab.datasetStore.getState().part).toMatchObject({ id: 'emoji-3d', rest: 'coming' });
  });
});

describe('a link', () => {
  it('waits for all images where it names no number', async () => {
    const { loads, created, part } = opened('#v=4&preset=tiny&dataset=fashion-mnist');
    expect(loads.map(({ images }) => images)).toEqual([0]);
    loads[0].finish();
    await settled();
    expect([created(), part()]).toEqual([[0], null]);
  });

  it('is run on the images that it names, and loads no others unasked', async () => {
    const { lab, loads, fetchRest, state, created, part, linked } = opened('#v=4&preset=tiny&images=1500');
    expect(loads.map(({ images }) => images)).toEqual([1500]);
    loads[0].finish();
    await settled();
    state('paused');
    lab.train();
    await settled();
    state('training', 5);
    await settled();
    expect([loads.length, fetchRest.mock.calls.length, created(), linked()]).toEqual([1, 0, [1500], '1500']);
    expect(part()).toMatchObject({ isFixed: true, rest: 'away' });
  });

  it('that is opened on a page with the first part waits for the images that it means', async () => {
    const { lab, loads, created } = await firstVisit();
    lab.open('#v=4&preset=tiny&dataset=fashion-mnist');
    await settled();
    expect([loads.length, loads[1].images]).toEqual([2, 0]);
    loads[1].finish();
    await settled();
    expect(created()).toEqual([FIRST, 0]);
  });
});
