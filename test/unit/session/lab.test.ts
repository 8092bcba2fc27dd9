import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ImportError } from '../../../src/data/importError';
import type { DecodedFolder } from '../../../src/domain/decodedFolder';
import { type ImageDataset, squarePlaces } from '../../../src/domain/imageDataset';
import { presetConfig } from '../../../src/domain/presets';
import { decodeShareLink } from '../../../src/domain/shareLink';
import type { Command } from '../../../src/protocol/commands';
import type { EngineError } from '../../../src/protocol/events';
import { originOf } from '../../../src/session/archive/recordRun';
import type { ImageLoaders, Origin } from '../../../src/session/data/datasetLoading';
import { Lab } from '../../../src/session/lab';
import { currentLink } from '../../../src/session/link/linkSync';
import { isGoing, liveSettings, shownConfig } from '../../../src/session/run/runStore';
import { MemoryImages } from '../../setup/keptImages';
import { FakeWorker } from './fakeWorker';

function dataset(count: number, source: ImageDataset['source'], name = 'images'): ImageDataset {
  return {
    name,
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

/** The settings of an address without any: 64 output dimensions. */
const firstVisit = (...which: Parameters<typeof presetConfig>) => ({ ...presetConfig(...which), outputDim: 64 });

const SAMPLE: ImageDataset['source'] = { kind: 'sample', id: 'fashion-mnist', license: 'MIT' };
const FOLDER: ImageDataset['source'] = { kind: 'folder', name: 'cats', count: 300, fingerprint: 'f00' };
const originNamed = (name: string): Origin => ({
  kind: 'files',
  title: name,
  collect: async () => ({ name, found: [] }),
});
const CATS = originNamed('cats');
const LOST: EngineError = { code: 'device-lost', message: 'The GPU was taken away.', recoverable: true };

/** The answers of a worker with a software adapter. */
const ON_SOFTWARE: Options['answers'] = {
  init: () => ({
    engine: 'webgpu',
    description: 'SwiftShader',
    isSoftware: true,
    threads: 0,
    oneThreadReason: null,
    features: [],
    fallbackReason: null,
  }),
};

interface Options {
  readonly hash?: string;
  readonly answers?: ConstructorParameters<typeof FakeWorker>[0];
  readonly loaders?: Partial<ImageLoaders>;
  readonly imageStorage?: MemoryImages;
}

function opened({ hash = '', answers = {}, loaders = {}, imageStorage }: Options = {}) {
  const workers: FakeWorker[] = [];
  const lab = new Lab(hash, {
    openWorker: () => {
      const worker = new FakeWorker(answers ?? {});
      workers.push(worker);
      return worker;
    },
    loaders: {
      fetchRest: async () => undefined,
      loadSample: async (id) => dataset(1000, { kind: 'sample', id, license: 'MIT' }, id),
      importProject: () => Promise.reject(new Error('no project')),
      importImages: async () => ({
        dataset: dataset(300, FOLDER, 'cats'),
        skipped: [{ path: 'a.txt', reason: 'not an image' }],
        plan: null,
      }),
      ...loaders,
    },
    sampleOrigin: (id) => ({ kind: 'sample', id, title: id }),
    imageStorage: imageStorage ?? null,
  });
  lab.start();
  return { lab, workers, worker: () => workers.at(-1)! };
}

/** Waits for all promises and due timers. */
async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(1000);
}

/** A page whose run is built and paused at step 0. */
async function ready(options: Options = {}) {
  const page = opened(options);
  await settled();
  const runId = page.lab.runStore.getState().active?.runId ?? 'none';
  page.worker().signal(runId, { kind: 'state', value: { state: 'paused', step: 0 } });
  return { ...page, runId, state: () => page.lab.runStore.getState() };
}

/** The same, after some steps of training. */
async function training(step: number, options: Options = {}) {
  const page = await ready(options);
  page.lab.train();
  await settled();
  page.worker().signal(page.runId, { kind: 'state', value: { state: 'training', step: 0 } });
  page.worker().signal(page.runId, { kind: 'measurements', value: [{ step, loss: -0.5 }] });
  return page;
}

const typesOf = (commands: readonly Command[]) => commands.map((command) => command.type);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('opening the page', () => {
  it('starts the engine, hands the sample over and builds a run', async () => {
    const { lab, worker } = await ready();
    expect(typesOf(worker().commands)).toEqual(['init', 'prepare', 'setDataset', 'create', 'setQueries']);
    expect(worker().sent('create')[0]?.config).toEqual(firstVisit('small'));
    expect(lab.datasetStore.getState().info?.count).toBe(1000);
    expect(lab.datasetStore.getState().info).not.toHaveProperty('pixels');
    expect(lab.datasetStore.getState().loading).toBeNull();
  });

  it('shows another engine that the worker went over to', async () => {
    const { lab, worker } = await ready({ answers: ON_SOFTWARE });
    expect(lab.engineStore.getState().adapter?.engine).toBe('webgpu');
    const adapter = {
      engine: 'wasm',
      description: 'processor',
      isSoftware: true,
      threads: 1,
      oneThreadReason: null,
      features: [],
      fallbackReason: 'SwiftShader is slower here',
    } as const;
    worker().send({ type: 'engine', adapter, notice: null });
    expect(lab.engineStore.getState()).toMatchObject({ state: 'ready', adapter });
  });

  it('compiles the kernels of the first run while images are loaded', async () => {
    let arrive = (_: ImageDataset) => {};
    const images = new Promise<ImageDataset>((resolve) => {
      arrive = resolve;
    });
    const { worker } = opened({ loaders: { loadSample: () => images } });
    await settled();
    expect(typesOf(worker().commands)).toEqual(['init', 'prepare']);
    expect(worker().sent('prepare')[0]?.config).toEqual(firstVisit('small'));
    arrive(dataset(1000, SAMPLE, 'sample'));
    await settled();
    expect(typesOf(worker().commands)).toEqual(['init', 'prepare', 'setDataset', 'create', 'setQueries']);
  });

  it('chooses the tiny preset on a software adapter', async () => {
    const { worker } = await ready({ answers: ON_SOFTWARE });
    expect(worker().sent('create')).toHaveLength(1);
    expect(worker().sent('create')[0]?.config).toEqual(firstVisit('tiny'));
    const named = await ready({ hash: '#preset=small', answers: ON_SOFTWARE });
    expect(named.worker().sent('create')[0]?.config.preset).toBe('small');
  });

  it('keeps the tiny preset when images were chosen before the adapter was known', async () => {
    let finish: (result: Awaited<ReturnType<ImageLoaders['importImages']>>) => void = () => undefined;
    const importImages: ImageLoaders['importImages'] = () => new Promise((resolve) => (finish = resolve));
    const { lab, worker } = opened({ answers: ON_SOFTWARE, loaders: { importImages } });
    void lab.loadImages(CATS);
    await settled();
    finish({ dataset: dataset(300, FOLDER, 'cats'), skipped: [], plan: null });
    await settled();
    expect(worker().sent('create')).toHaveLength(1);
    expect(worker().sent('create')[0]?.config).toEqual(presetConfig('tiny', 'folder'));
  });

  it('names the settings of a link that it could not read, and uses their defaults', async () => {
    const { lab, worker } = await ready({ hash: '#preset=huge&batchSize=many' });
    expect(lab.noticeStore.getState().notices).toHaveLength(2);
    expect(worker().sent('create')[0]?.config).toEqual(presetConfig('small'));
  });

  it('waits for the folder that a link asks for, and says so when it is another one', async () => {
    const hash = `#v=1&preset=small&dataset=folder&folder=${encodeURIComponent('["dogs",200,"d06"]')}`;
    const { lab, worker } = opened({ hash });
    await settled();
    expect(worker().sent('create')).toHaveLength(0);
    expect(lab.datasetStore.getState().wanted).toEqual({ name: 'dogs', count: 200, fingerprint: 'd06' });
    expect(decodeShareLink(currentLink(lab)).run.folder?.name).toBe('dogs');
    await lab.loadImages(CATS);
    expect(worker().sent('create')).toHaveLength(1);
    expect(lab.datasetStore.getState().wanted).toBeNull();
    expect(lab.noticeStore.getState().notices[0]?.text).toContain('dogs');
    expect(decodeShareLink(currentLink(lab)).run.folder).toEqual({ name: 'cats', count: 300, fingerprint: 'f00' });
  });

  it('shows why there is no engine, and tries again when asked', async () => {
    const failures = [{ code: 'no-engine', message: 'Neither WebGPU nor WebGL.', recoverable: false } as const];
    const adapter = {
      engine: 'webgl',
      description: 'x',
      isSoftware: false,
      threads: 0,
      oneThreadReason: null,
      features: [],
      fallbackReason: 'No WebGPU.',
    } as const;
    const { lab, worker } = opened({ answers: { init: () => failures.pop() ?? adapter } });
    await settled();
    expect(lab.engineStore.getState()).toMatchObject({ state: 'failed', error: { code: 'no-engine' } });
    lab.reset();
    await settled();
    expect(lab.engineStore.getState()).toMatchObject({ state: 'ready', adapter });
    expect(worker().sent('create')).toHaveLength(1);
  });
});

describe('running', () => {
  it('goes on as soon as the run is built when Train is pressed at once', async () => {
    const { lab, worker } = opened();
    lab.train();
    expect(isGoing(lab.runStore.getState())).toBe(true);
    await settled();
    const types = typesOf(worker().commands);
    expect(types.filter((type) => type === 'train')).toHaveLength(1);
    expect(types.indexOf('train')).toBeGreaterThan(types.indexOf('create'));
  });

  it('is built once, however often it is asked for while the engine starts', async () => {
    const { lab, worker } = opened();
    lab.train();
    lab.pause();
    lab.train();
    await settled();
    expect(
      worker()
        .sent('create')
        .map(({ runId }) => runId),
    ).toEqual(['run-1']);
    expect(worker().sent('train')).toHaveLength(1);
  });

  it('does not train if Pause is pressed before the run is built', async () => {
    const { lab, worker } = opened();
    lab.train();
    lab.pause();
    await settled();
    expect(worker().sent('train')).toHaveLength(0);
    expect(isGoing(lab.runStore.getState())).toBe(false);
  });

  it('trains, pauses and steps', async () => {
    const { lab, worker, runId, state } = await training(7);
    expect(state().step).toBe(7);
    expect(isGoing(state())).toBe(true);
    lab.pause();
    expect(isGoing(state())).toBe(false);
    await settled();
    worker().signal(runId, { kind: 'state', value: { state: 'paused', step: 8 } });
    expect(state()).toMatchObject({ runState: 'paused', step: 8, intent: null });
    lab.step();
    await settled();
    expect(typesOf(worker().commands).slice(-2)).toEqual(['pause', 'step']);
  });

  it('keeps measurements in the series and drops those of a run that is over', async () => {
    const { lab, worker, runId } = await training(7);
    worker().signal('another', { kind: 'measurements', value: [{ step: 99, loss: 1 }] });
    worker().signal(runId, {
      kind: 'measurements',
      value: [
        { step: 8, loss: -0.6, outputStd: 0.05 },
        { step: 9, loss: -0.7 },
      ],
    });
    expect(lab.runStore.getState().latest).toEqual({ loss: -0.7, outputStd: 0.05 });
    expect(
      lab.series
        .get('loss')
        .decimated(10)
        .map((point) => point.step),
    ).toEqual([7, 8, 9]);
  });

  it('starts over at step 0 with the settings of its beginning', async () => {
    const { lab, worker, runId, state } = await training(7);
    worker().signal(runId, { kind: 'marker', value: { kind: 'change', step: 7, key: 'stopGradient', value: false } });
    expect(liveSettings(state()).stopGradient).toBe(false);
    lab.reset();
    await settled();
    expect(state()).toMatchObject({ step: 0, changes: [], markers: [], latest: {} });
    expect(liveSettings(state()).stopGradient).toBe(true);
    expect(worker().sent('create')).toHaveLength(2);
    expect(worker().sent('create')[1]).toMatchObject({ changes: [], config: { stopGradient: true } });
    expect(lab.series.get('loss').length).toBe(0);
  });
});

describe('changing settings', () => {
  it('rebuilds a run that has not moved, once for several edits', async () => {
    const { lab, worker } = await ready();
    lab.set('batchSize', 32);
    lab.set('outputDim', 128);
    await settled();
    expect(worker().sent('create')).toHaveLength(2);
    expect(worker().sent('create')[1]?.config).toMatchObject({ batchSize: 32, outputDim: 128 });
  });

  it('leaves a run that has moved as it is until a new one is asked for', async () => {
    const { lab, worker, state } = await training(7);
    lab.set('batchSize', 32);
    await settled();
    expect(worker().sent('create')).toHaveLength(1);
    expect(state().active?.config.batchSize).toBe(64);
    lab.discardEdits();
    expect(state().config.batchSize).toBe(64);
    lab.set('batchSize', 32);
    lab.reset();
    await settled();
    expect(worker().sent('create')[1]?.config.batchSize).toBe(32);
  });

  it('does not replace a run if none can be built from the settings', async () => {
    const { lab, worker, state } = await training(7);
    lab.set('augment.crop.scaleMax', 0.1);
    lab.reset();
    await settled();
    expect(worker().sent('create')).toHaveLength(1);
    expect(state()).toMatchObject({ step: 7, runState: 'training' });
    expect(lab.noticeStore.getState().notices[0]?.text).toContain('augment.crop.scaleMin');
  });

  it('changes the live ones in flight: shown at once, recorded with the step at which they took effect', async () => {
    const { lab, worker, runId, state } = await training(7);
    lab.set('stopGradient', false);
    expect(shownConfig(state()).stopGradient).toBe(false);
    await settled();
    expect(worker().sent('change')[0]).toMatchObject({ runId, key: 'stopGradient', value: false });
    expect(worker().sent('create')).toHaveLength(1);
    worker().signal(runId, { kind: 'marker', value: { kind: 'change', step: 9, key: 'stopGradient', value: false } });
    expect(shownConfig(state()).stopGradient).toBe(false);
    worker().signal(runId, { kind: 'measurements', value: [{ step: 10, loss: -0.6 }] });
    expect(state()).toMatchObject({ pending: {}, changes: [[9, 'stopGradient', false]] });
    expect(shownConfig(state()).stopGradient).toBe(false);
    expect(state().config.stopGradient).toBe(true);
    expect(state().log[0]).toMatchObject({ step: 9, text: 'stop-gradient off', warning: true });
  });

  it('sends what was changed while the run was being built once the worker has it', async () => {
    const { lab, worker, state } = await ready();
    lab.reset();
    const stop = lab.runStore.subscribe(({ active }) => {
      if (active?.runId !== 'run-2') return;
      stop();
      lab.set('stopGradient', false);
      lab.setQueries([4, 5]);
    });
    await settled();
    const about = worker().commands.filter((command) => 'runId' in command && command.runId === 'run-2');
    expect(typesOf(about)).toEqual(['create', 'change', 'setQueries']);
    expect(about[1]).toMatchObject({ key: 'stopGradient', value: false });
    expect(about[2]).toMatchObject({ indices: [4, 5] });
    expect(shownConfig(state()).stopGradient).toBe(false);
  });

  it('makes a change at step 0 part of the settings', async () => {
    const { lab, worker, runId, state } = await ready();
    lab.set('stopGradient', false);
    await settled();
    worker().signal(runId, { kind: 'marker', value: { kind: 'change', step: 0, key: 'stopGradient', value: false } });
    expect(state()).toMatchObject({ changes: [], pending: {}, markers: [] });
    expect(state().config.stopGradient).toBe(false);
    expect(state().active?.config.stopGradient).toBe(false);
  });

  it('replays the changes of a link at their steps', async () => {
    const changes = '[[5,"stopGradient",false],[9,"stopGradient",true]]';
    const { worker, runId, state } = await training(3, {
      hash: `#preset=small&changes=${encodeURIComponent(changes)}`,
    });
    expect(worker().sent('create')[0]?.changes).toEqual(JSON.parse(changes));
    expect(liveSettings(state()).stopGradient).toBe(true);
    worker().signal(runId, { kind: 'marker', value: { kind: 'change', step: 5, key: 'stopGradient', value: false } });
    worker().signal(runId, { kind: 'measurements', value: [{ step: 6, loss: -0.6 }] });
    expect(liveSettings(state()).stopGradient).toBe(false);
    expect(state().changes).toEqual(JSON.parse(changes));
  });

  it('refuses a value that does not fit, and keeps the last', async () => {
    const { lab, state } = await ready();
    expect(() => lab.set('batchSize', 1)).toThrow('batchSize');
    expect(state().config.batchSize).toBe(64);
  });
});

describe('the link', () => {
  it('carries settings and changes in flight, and opens as the same', async () => {
    const { lab, worker, runId } = await training(7);
    worker().signal(runId, {
      kind: 'marker',
      value: { kind: 'change', step: 7, key: 'baseLearningRate', value: 0.25 },
    });
    lab.set('predictor', 'none');
    const link = currentLink(lab);
    const { run, notices } = decodeShareLink(link);
    expect(notices).toEqual([]);
    expect(run.config).toEqual(firstVisit('small'));
    expect(run.changes).toEqual([
      [7, 'baseLearningRate', 0.25],
      [7, 'predictor', 'none'],
    ]);
    const again = await ready({ hash: `#${link}` });
    expect(again.worker().sent('create')[0]).toMatchObject({ config: run.config, changes: run.changes });
    expect(currentLink(again.lab)).toBe(link);
  });

  it('is opened in the same page', async () => {
    const { lab, worker } = await training(7);
    lab.open('#preset=tiny&dataset=emoji-3d&seed=9');
    await settled();
    expect(worker().sent('setDataset')).toHaveLength(2);
    expect(worker().sent('create').at(-1)?.config).toEqual({ ...presetConfig('tiny', 'emoji-3d'), seed: 9 });
  });
});

describe('images', () => {
  it('keeps the data set in use until the new one is complete', async () => {
    let finish: (result: Awaited<ReturnType<ImageLoaders['importImages']>>) => void = () => undefined;
    const importImages: ImageLoaders['importImages'] = () => new Promise((resolve) => (finish = resolve));
    const { lab, worker, state } = await training(7, { loaders: { importImages } });
    void lab.loadImages(CATS);
    await settled();
    expect(lab.datasetStore.getState().info?.count).toBe(1000);
    expect(worker().sent('setDataset')).toHaveLength(1);
    expect(state().runState).toBe('training');
    finish({ dataset: dataset(300, FOLDER, 'cats'), skipped: [], plan: null });
    await settled();
    expect(lab.datasetStore.getState().info?.name).toBe('cats');
    expect(typesOf(worker().commands).slice(-4)).toEqual(['pause', 'setDataset', 'create', 'setQueries']);
    expect(worker().sent('create').at(-1)?.config.dataset).toBe('folder');
  });

  it('keeps it when the load is cancelled or fails, and says why', async () => {
    const importImages: ImageLoaders['importImages'] = (_, { signal }) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const cancelled = await ready({ loaders: { importImages } });
    void cancelled.lab.loadImages(CATS);
    await settled();
    cancelled.lab.cancelLoading();
    await settled();
    expect(cancelled.lab.datasetStore.getState()).toMatchObject({ loading: null, problem: null });
    expect(cancelled.lab.datasetStore.getState().info?.count).toBe(1000);

    const failing = async () => {
      throw new ImportError('No images in there.');
    };
    const failed = await ready({ loaders: { importImages: failing } });
    await failed.lab.loadImages(CATS);
    expect(failed.lab.datasetStore.getState()).toMatchObject({ loading: null, problem: 'No images in there.' });
    expect(failed.lab.datasetStore.getState().info?.count).toBe(1000);
    expect(failed.worker().sent('create')).toHaveLength(1);
  });

  it('loads the first images again when the ones chosen instead cannot be read', async () => {
    let reads = 0;
    const loadSample: ImageLoaders['loadSample'] = (id, { signal }) => {
      reads += 1;
      if (reads > 1) return Promise.resolve(dataset(1000, SAMPLE, id));
      return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    };
    const importImages = async () => {
      throw new ImportError('No images in there.');
    };
    const { lab, worker } = opened({ loaders: { loadSample, importImages } });
    lab.train();
    void lab.loadImages(CATS);
    await settled();
    expect(lab.datasetStore.getState()).toMatchObject({ loading: null, problem: 'No images in there.' });
    expect(lab.datasetStore.getState().info?.count).toBe(1000);
    expect(worker().sent('create')).toHaveLength(1);
  });

  /** Imports that are refused, each with its own name in the message. */
  const refusing: ImageLoaders['importImages'] = async ({ name }) => {
    throw new ImportError(`No images in ${name}.`, [{ path: `${name}/x`, reason: 'is text' }]);
  };
  it('says of each drop why it was refused, never of an earlier one, and gives the reasons', async () => {
    const { lab } = opened({ hash: '#dataset=folder', loaders: { importImages: refusing } });
    await settled();
    for (const name of ['html', 'nested', 'html']) {
      await lab.loadImages(originNamed(name));
      await settled();
      expect(lab.datasetStore.getState()).toMatchObject({
        loading: null,
        problem: `No images in ${name}.`,
        problemFiles: [{ path: `${name}/x`, reason: 'is text' }],
      });
    }
  });

  it('does not read images again that were refused', async () => {
    const read: string[] = [];
    const importImages: ImageLoaders['importImages'] = (sources, options) => {
      read.push(sources.name);
      return refusing(sources, options);
    };
    const { lab } = opened({ hash: '#dataset=folder', loaders: { importImages } });
    await settled();
    await lab.loadImages(originNamed('one'));
    await lab.loadImages(originNamed('two'));
    lab.reset();
    lab.set('sourceSize', 128);
    await settled();
    expect(read).toEqual(['one', 'two']);
  });

  it('keeps what was said of a drop when the first images, which it had interrupted, cannot be read either', async () => {
    let reads = 0;
    const importImages: ImageLoaders['importImages'] = (sources, options) => {
      reads += 1;
      if (reads > 1) return refusing(sources, options);
      const { signal } = options;
      return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    };
    const { lab } = opened({ hash: '#dataset=folder', loaders: { importImages } });
    await settled();
    void lab.loadImages(originNamed('first'));
    await settled();
    await lab.loadImages(originNamed('second'));
    await settled();
    expect(reads).toBe(3);
    expect(lab.datasetStore.getState()).toMatchObject({ loading: null, problem: 'No images in second.' });
  });

  it('drops what was said of images when others are in use, or another link is opened', async () => {
    let isRefused = true;
    const importImages: ImageLoaders['importImages'] = async (sources, options) =>
      isRefused ? refusing(sources, options) : { dataset: dataset(300, FOLDER, 'cats'), skipped: [], plan: null };
    const { lab } = await ready({ loaders: { importImages } });
    await lab.loadImages(CATS);
    isRefused = false;
    await lab.loadImages(CATS);
    expect(lab.datasetStore.getState()).toMatchObject({ problem: null, problemFiles: [] });
    isRefused = true;
    await lab.loadImages(CATS);
    lab.open('#preset=tiny&dataset=folder');
    expect(lab.datasetStore.getState()).toMatchObject({ problem: null, problemFiles: [] });
  });

  it('keeps settings that were edited by hand when the data set changes', async () => {
    const { lab, worker } = await ready();
    lab.set('batchSize', 32);
    await settled();
    lab.chooseSample('emoji-3d');
    await settled();
    expect(worker().sent('create').at(-1)?.config).toEqual({ ...firstVisit('small', 'emoji-3d'), batchSize: 32 });
  });

  it('builds no run of fewer images than two batches', async () => {
    const few = async () => dataset(100, SAMPLE);
    const { lab, worker, state } = await ready({ loaders: { loadSample: few } });
    expect(worker().sent('create')).toHaveLength(0);
    expect(state().active).toBeNull();
    lab.set('batchSize', 32);
    await settled();
    expect(worker().sent('create')).toHaveLength(1);
  });

  it('loads them again at another size', async () => {
    const loadSample = vi.fn(async (id, _options) => dataset(1000, { kind: 'sample', id, license: 'MIT' }));
    const { lab, worker } = await ready({ loaders: { loadSample } });
    const loaded = () => loadSample.mock.calls.length;
    lab.set('sourceSize', 128);
    await settled();
    const storage = { sourceSize: 128, imageSize: 32 };
    expect(loadSample).toHaveBeenLastCalledWith('fashion-mnist', expect.objectContaining({ storage }));
    expect(worker().sent('create').at(-1)?.config.sourceSize).toBe(128);
    const before = loaded();
    // Whole pictures do not depend on the network's input.
    lab.set('imageSize', 64);
    await settled();
    expect(worker().sent('create').at(-1)?.config.imageSize).toBe(64);
    expect(loaded()).toBe(before);
    lab.set('sourceSize', 'square');
    await settled();
    lab.set('imageSize', 48);
    await settled();
    const squares = { sourceSize: 'square', imageSize: 48 };
    expect(loadSample).toHaveBeenLastCalledWith('fashion-mnist', expect.objectContaining({ storage: squares }));
    expect(loaded()).toBe(before + 2);
  });

  it('loads the version of a sample that the link names, and the newest one where the person chooses the sample', async () => {
    const loadSample = vi.fn(async (id, _options) => dataset(1000, { kind: 'sample', id, license: 'MIT' }));
    const versions = () => loadSample.mock.calls.map(([id, { version }]) => `${id} ${version}`);
    const { lab, worker } = await ready({ hash: '#v=1&preset=tiny&dataset=emoji-3d', loaders: { loadSample } });
    expect(versions()).toEqual(['emoji-3d 1']);
    expect(worker().sent('create').at(-1)?.config).toMatchObject({ dataset: 'emoji-3d', sample: 1 });
    lab.chooseSample('fashion-mnist');
    await settled();
    lab.chooseSample('emoji-3d');
    await settled();
    expect(versions().slice(1)).toEqual(['fashion-mnist 1', 'emoji-3d 2']);
    expect(worker().sent('create').at(-1)?.config).toMatchObject({ dataset: 'emoji-3d', sample: 2 });
    // The same sample in its other version: a link that is opened, and the setting.
    lab.open('#v=3&preset=tiny&dataset=emoji-3d&sample=1');
    await settled();
    lab.set('sample', 2);
    await settled();
    expect(versions().slice(3)).toEqual(['emoji-3d 1', 'emoji-3d 2']);
    expect(worker().sent('create').at(-1)?.config.sample).toBe(2);
  });

  it('holds files out by the rule of the settings, and again when it is changed', async () => {
    const importImages = vi.fn(async (_, _options) => ({
      dataset: dataset(300, FOLDER, 'cats'),
      skipped: [],
      plan: null,
    }));
    const { lab } = await ready({ hash: '#v=2&preset=tiny&dataset=folder', loaders: { importImages } });
    await lab.loadImages(CATS);
    await settled();
    lab.set('holdOut', 'pictures');
    await settled();
    lab.set('seed', 5);
    await settled();
    expect(importImages.mock.calls.map(([, { holdOut }]) => holdOut)).toEqual(['images', 'pictures']);
  });
});

describe('images that are kept on this computer', () => {
  const LINK = `#v=4&preset=tiny&dataset=folder&folder=${encodeURIComponent('["cats",300,"f00"]')}`;
  const keptCats = () => {
    const storage = new MemoryImages();
    storage.kept.set('f00', { fingerprint: 'f00', name: 'cats', count: 300, files: [], skipped: [] });
    return storage;
  };
  const notices = (lab: Lab) => lab.noticeStore.getState().notices.map(({ text }) => text);

  it('are loaded for a link to them without a drop, also in the same page, and a notice says so', async () => {
    const { lab, worker } = await ready({ hash: LINK, imageStorage: keptCats() });
    expect(lab.datasetStore.getState()).toMatchObject({ info: { name: 'cats' }, wanted: null });
    expect(worker().sent('create')).toHaveLength(1);
    expect(notices(lab)).toEqual(['“cats” is loaded from this computer, where you kept it.']);

    const other = await ready({ imageStorage: keptCats() });
    other.lab.open(LINK);
    await settled();
    expect(other.lab.datasetStore.getState()).toMatchObject({ info: { name: 'cats' }, wanted: null });
  });

  it('are not loaded where others were chosen meanwhile, or where they are not kept', async () => {
    const storage = keptCats();
    const { lab } = opened({ hash: LINK, imageStorage: storage });
    lab.chooseSample('fashion-mnist');
    await settled();
    expect(lab.datasetStore.getState().info?.name).toBe('fashion-mnist');
    await storage.forget('f00');
    const without = await ready({ hash: LINK, imageStorage: storage });
    expect(without.lab.datasetStore.getState()).toMatchObject({ info: null, wanted: { name: 'cats' } });
    expect(await without.lab.openKept('f00')).toBe(false);
  });
});

describe('corrected folders', () => {
  const PLAN = {
    folders: ['', 'a', 'b'].map((path) => ({ path, images: 300, role: null })),
    masks: 0,
    corrections: [],
    isMisfit: false,
    notes: [],
  };
  /** An import that carries out what it is asked for. */
  const importer = () =>
    vi.fn<ImageLoaders['importImages']>(async (_, { corrections = [], correctionsFor }) => ({
      dataset: dataset(300, FOLDER, 'cats'),
      skipped: [],
      plan: { ...PLAN, corrections: correctionsFor === 'other' ? [] : corrections },
    }));
  const asked = (importImages: ReturnType<typeof importer>) =>
    importImages.mock.calls.map(([, { corrections, correctionsFor }]) => [corrections, correctionsFor]);
  const OUT = { position: 1, role: 'out' } as const;
  const TEST_SET = { position: 2, role: 'test' } as const;

  it('load the images again, build a new run, and are in the link and the record', async () => {
    const importImages = importer();
    const { lab, worker } = await ready({ loaders: { importImages } });
    await lab.loadImages(CATS);
    await lab.correctFolder(2, 'test');
    await lab.correctFolder(1, 'out');
    await settled();
    expect(asked(importImages)).toEqual([
      [undefined, undefined],
      [[TEST_SET], undefined],
      [[OUT, TEST_SET], undefined],
    ]);
    expect(worker().sent('create')).toHaveLength(4);
    expect(new URLSearchParams(currentLink(lab)).get('folders')).toBe('1:out,2:test');
    expect(originOf(lab.datasetStore.getState(), lab.engineStore.getState()).dataset.corrections).toEqual([
      OUT,
      TEST_SET,
    ]);
    // Another size of the same images keeps them, other images don't.
    lab.set('sourceSize', 128);
    await settled();
    await lab.correctFolder(1, null);
    await lab.loadImages({ ...CATS });
    expect(asked(importImages).slice(3)).toEqual([
      [[OUT, TEST_SET], undefined],
      [[TEST_SET], undefined],
      [undefined, undefined],
    ]);
    expect(new URLSearchParams(currentLink(lab)).has('folders')).toBe(false);
  });

  describe('of images that the worker can read again', () => {
    const decoded: DecodedFolder<MessagePort> = {
      name: 'cats',
      paths: [],
      sizes: new Float64Array(0),
      pictures: {
        pixels: new Uint8Array(4),
        ...squarePlaces(1, 1),
        facts: {
          widths: new Uint32Array(1),
          heights: new Uint32Array(1),
          exactHashes: new Uint32Array(2),
          perceptualHashes: new Uint32Array(2),
          sharpness: new Float32Array(1),
          brightness: new Float32Array(1),
        },
        groups: null,
      },
      skips: { files: [], archive: null },
    };
    const refusal = { message: 'Only 3 images.', skipped: [], fittingBatch: 16 };
    let number = 0;
    /** A page with such images; a folder that is a class leaves too few for a batch above 16. */
    async function held() {
      const importImages = vi.fn<ImageLoaders['importImages']>(async (_, { corrections = [] }) => ({
        dataset: dataset(300, FOLDER, 'cats'),
        skipped: [],
        plan: { ...PLAN, corrections },
        decoded,
      }));
      const answers: Options['answers'] = {
        readFolders: ({ reading: { corrections = [], batchSize } }) => {
          if (batchSize > 16 && corrections.some(({ role }) => role === 'class')) return { refusal };
          const { pixels: _, ...info } = dataset(200, FOLDER, 'cats');
          const skipped = [{ path: 'cats/a/1.png', reason: 'is left out' }];
          number += 1;
          return { number, info, skipped, plan: { ...PLAN, corrections } };
        },
      };
      const page = await ready({ loaders: { importImages }, answers });
      await page.lab.loadImages(CATS);
      await settled();
      return { ...page, importImages };
    }

    it('decode nothing, and are in the link and the record', async () => {
      const { lab, worker, importImages } = await held();
      await lab.correctFolder(1, 'out');
      void lab.correctFolder(2, 'test');
      await lab.correctFolder(1, null);
      await settled();
      expect(importImages).toHaveBeenCalledTimes(1);
      expect(worker().sent('setDataset')).toHaveLength(2);
      expect(
        worker()
          .sent('readFolders')
          .map(({ reading }) => reading.corrections),
      ).toEqual([[OUT], [OUT, TEST_SET], [TEST_SET]]);
      // The second one was replaced before it was in use.
      expect(
        worker()
          .sent('takeNext')
          .map((command) => command.number),
      ).toEqual([number - 2, number]);
      const { info, plan, skipped, correcting, loading } = lab.datasetStore.getState();
      expect([info?.count, plan?.corrections, skipped.length, correcting, loading]).toEqual([
        200,
        [TEST_SET],
        1,
        null,
        null,
      ]);
      expect(new URLSearchParams(currentLink(lab)).get('folders')).toBe('2:test');
      expect(typesOf(worker().commands).slice(-3)).toEqual(['takeNext', 'create', 'setQueries']);
    });

    it('keep the run and the images when they are refused, and are made with a smaller batch when asked', async () => {
      const { lab, worker, importImages } = await held();
      const created = worker().sent('create').length;
      await lab.correctFolder(1, 'class');
      await settled();
      expect(lab.datasetStore.getState()).toMatchObject({ problem: 'Only 3 images.', fittingBatch: 16 });
      expect(lab.datasetStore.getState().info?.count).toBe(300);
      expect(worker().sent('takeNext')).toEqual([]);
      expect(worker().sent('create')).toHaveLength(created);
      await lab.fitBatchSize();
      await settled();
      expect(lab.datasetStore.getState()).toMatchObject({
        problem: null,
        plan: { corrections: [{ position: 1, role: 'class' }] },
      });
      expect(importImages).toHaveBeenCalledTimes(1);
    });

    it('load the images again where the worker was replaced, or they are kept otherwise', async () => {
      const { lab, worker, importImages } = await held();
      lab.set('sourceSize', 128);
      await settled();
      expect(importImages).toHaveBeenCalledTimes(2);
      lab.set('holdOut', 'images');
      await settled();
      expect(importImages).toHaveBeenCalledTimes(2);
      expect(worker().sent('readFolders').at(-1)?.reading.holdOut).toBe('images');
      worker().crash('gone');
      await settled();
      await lab.correctFolder(1, 'out');
      await settled();
      expect(importImages).toHaveBeenCalledTimes(3);
    });
  });

  it('may follow one another before the images are loaded', async () => {
    const importImages = importer();
    const { lab } = await ready({ loaders: { importImages } });
    await lab.loadImages(CATS);
    void lab.correctFolder(2, 'test');
    await lab.correctFolder(1, 'out');
    await settled();
    expect(lab.datasetStore.getState().plan?.corrections).toEqual([OUT, TEST_SET]);
    expect(lab.datasetStore.getState().correcting).toBeNull();
  });

  it('of a link are used for its folder only', async () => {
    const link = (print: string) =>
      `#v=4&preset=tiny&dataset=folder&folder=${encodeURIComponent(`["cats",300,"${print}"]`)}&folders=1:out`;
    const importImages = importer();
    const { lab } = opened({ hash: link('f00'), loaders: { importImages } });
    await settled();
    await lab.loadImages(CATS);
    expect(asked(importImages)).toEqual([[[OUT], 'f00']]);
    expect(lab.noticeStore.getState().notices).toEqual([]);
    // The same folder without corrections, then with them again: it is in use, and read again.
    lab.open(link('f00').replace('&folders=1:out', ''));
    await settled();
    lab.open(link('f00'));
    await settled();
    expect(asked(importImages).slice(1)).toEqual([
      [[], 'f00'],
      [[OUT], 'f00'],
    ]);
    expect(lab.datasetStore.getState().wanted).toBeNull();
    lab.open(link('other'));
    await lab.loadImages({ ...CATS });
    expect(lab.noticeStore.getState().notices[0]?.text).toMatch(
      /will differ. The link’s corrections of folders are not used/,
    );
  });

  it('that do not fit are reported', async () => {
    const importImages: ImageLoaders['importImages'] = async () => ({
      dataset: dataset(300, FOLDER, 'cats'),
      skipped: [],
      plan: { ...PLAN, isMisfit: true },
    });
    const { lab } = opened({ loaders: { importImages } });
    await lab.loadImages(CATS);
    expect(lab.noticeStore.getState().notices[0]?.text).toMatch(/places that “cats” does not have/);
  });
});

describe('images that are too few for the batch size', () => {
  it('are loaded with a smaller one when asked', async () => {
    const importImages = vi.fn<ImageLoaders['importImages']>(async (_, { batchSize }) => {
      if (batchSize > 16) throw new ImportError('Too few.', [], 16);
      return { dataset: dataset(40, FOLDER, 'cats'), skipped: [], plan: null };
    });
    const { lab } = await ready({ loaders: { importImages } });
    await lab.loadImages(CATS);
    expect(lab.datasetStore.getState()).toMatchObject({ problem: 'Too few.', fittingBatch: 16 });
    await lab.fitBatchSize();
    await settled();
    expect(lab.datasetStore.getState()).toMatchObject({ problem: null, fittingBatch: null, info: { count: 40 } });
    expect(lab.runStore.getState().config.batchSize).toBe(16);
  });

  it('are loaded so too where they interrupted the first images, which are loaded again', async () => {
    const read: string[] = [];
    const importImages: ImageLoaders['importImages'] = ({ name }, { batchSize, signal }) => {
      read.push(name);
      if (read.length === 1) {
        return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
      }
      if (name === 'few' && batchSize > 16) return Promise.reject(new ImportError('Too few.', [], 16));
      return Promise.resolve({ dataset: dataset(name === 'few' ? 40 : 300, FOLDER, name), skipped: [], plan: null });
    };
    const { lab } = opened({ hash: '#dataset=folder', loaders: { importImages } });
    await settled();
    void lab.loadImages(originNamed('first'));
    await settled();
    await lab.loadImages(originNamed('few'));
    await settled();
    expect(lab.datasetStore.getState()).toMatchObject({ problem: 'Too few.', fittingBatch: 16, info: { count: 300 } });
    await lab.fitBatchSize();
    await settled();
    expect(read).toEqual(['first', 'few', 'first', 'few']);
    expect(lab.datasetStore.getState()).toMatchObject({ problem: null, fittingBatch: null, info: { count: 40 } });
  });
});

describe('when the engine breaks', () => {
  it('is started again in the same worker, which still has the images', async () => {
    const { lab, worker, workers, runId, state } = await training(7);
    worker().send({ type: 'error', error: LOST, runId });
    expect(lab.engineStore.getState()).toMatchObject({ state: 'lost', error: LOST });
    expect(state()).toMatchObject({ runState: 'failed', step: 7 });
    lab.reset();
    await settled();
    expect(workers).toHaveLength(1);
    expect(worker().sent('init')).toHaveLength(2);
    expect(worker().sent('setDataset')).toHaveLength(1);
    expect(worker().sent('create')).toHaveLength(2);
    expect(lab.engineStore.getState().state).toBe('ready');
    expect(state().error).toBeNull();
  });

  it('starts a new worker and loads the images again when the worker failed', async () => {
    const { lab, workers, worker } = await training(7);
    worker().crash('out of memory');
    expect(lab.engineStore.getState()).toMatchObject({ state: 'lost' });
    lab.reset();
    await settled();
    expect(workers).toHaveLength(2);
    expect(workers[0]?.terminated).toBe(true);
    expect(typesOf(worker().commands)).toEqual(['init', 'setDataset', 'create', 'setQueries']);
  });

  it('does not treat a command to a run that is over as a failure', async () => {
    const stale = { code: 'stale-run', message: 'Run run-1 has ended.', recoverable: true } as const;
    const { lab, state } = await ready({ answers: { setQueries: () => stale } });
    lab.setQueries([1, 2]);
    await settled();
    expect(state().error).toBeNull();
  });

  it('ends a run that could not be built, and says why', async () => {
    const error = { code: 'too-few-images', message: 'Too few.', recoverable: true } as const;
    const { lab } = opened({ answers: { create: () => error } });
    lab.train();
    await settled();
    expect(lab.runStore.getState()).toMatchObject({ error, runState: 'failed', intent: null });
    expect(lab.engineStore.getState().state).toBe('ready');
  });
});
