import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ImportError } from '../../../src/data/importError';
import { type ImageDataset, squarePlaces } from '../../../src/domain/imageDataset';
import { presetConfig } from '../../../src/domain/presets';
import { decodeShareLink } from '../../../src/domain/shareLink';
import type { OpenedFile } from '../../../src/domain/takeAlong';
import type { WarmStart } from '../../../src/domain/warmStart';
import type { EngineError } from '../../../src/protocol/events';
import type { ImageLoaders, Origin } from '../../../src/session/data/datasetLoading';
import { Lab } from '../../../src/session/lab';
import { currentLink, linkForOthers } from '../../../src/session/link/linkSync';
import { mayBeOpened } from '../../../src/session/opening/recogniseFile';
import { CheckpointMemory } from '../../../src/storage/checkpointMemory';
import { FakeWorker } from './fakeWorker';

const CONFIG = { ...presetConfig('tiny', 'folder'), batchSize: 32 };
const DATASET = { name: 'cats', count: 300, sample: null, fingerprint: 'f00' } as const;
const RUN: Extract<OpenedFile, { kind: 'run' }> = {
  kind: 'run',
  id: '',
  config: CONFIG,
  changes: [[2, 'stopGradient', false]],
  step: 64,
  hasImages: true,
  name: 'From afar',
  created: 1000,
  dataset: DATASET,
  evaluation: null,
};

function images(source: ImageDataset['source'], count: number): ImageDataset {
  return {
    name: 'images',
    source,
    size: 32,
    count,
    names: Array.from({ length: count }, (_, i) => `${i}.png`),
    labels: null,
    classNames: [],
    split: new Uint8Array(count),
    pixels: new Uint8Array(4),
    ...squarePlaces(count, 32),
    facts: null,
  };
}

const CATS = images({ kind: 'folder', name: 'cats', count: 300, fingerprint: 'f00' }, 300);
const FILE = new File([new Uint8Array([123])], 'run.safetensors');
const NO_ORIGIN: Extract<Origin, { kind: 'files' }> = {
  kind: 'files',
  title: 'x',
  collect: async () => ({ name: 'x', found: [] }),
};

const FACTS = {
  backbone: 'ResNet',
  featureDim: 64,
  imageSize: 48,
  network: { backbone: 'resnet18', stem: 'cifar', stemStride: 1, imageSize: 48, sourceSize: 64 },
} as const;
const ENCODER = { kind: 'encoder', ...FACTS, isNormalisationStated: false, notes: ['A note.'] } as const;

interface Options {
  readonly answer?: OpenedFile | EngineError;
  readonly importProject?: ImageLoaders['importProject'];
  readonly hash?: string;
  readonly beginAnswer?: EngineError;
  readonly resumedFrom?: WarmStart;
}

async function opened({ answer = RUN, importProject, hash = '', beginAnswer, resumedFrom }: Options = {}) {
  const imports: string[] = [];
  const worker = new FakeWorker({
    openFile: ({ keptId }) =>
      answer !== null && 'kind' in answer && answer.kind === 'run' ? { ...answer, id: keptId } : answer,
    beginFromOpened: ({ config, keptId }) =>
      beginAnswer ?? { ...RUN, id: keptId, config, changes: [], step: 0, hasImages: false },
    prepareOpened: () => ({ ...FACTS, isNormalisationStated: true }),
    resume: () => ({
      step: 64,
      config: CONFIG,
      changes: RUN.changes,
      notes: [],
      ...(resumedFrom && { warmStart: resumedFrom }),
    }),
  });
  const lab = new Lab(hash, {
    openWorker: () => worker,
    loaders: {
      fetchRest: async () => undefined,
      loadSample: async (id) => images({ kind: 'sample', id, license: 'MIT' }, 1000),
      importProject:
        importProject ??
        (async (file) => {
          imports.push(file.name);
          return { dataset: CATS, skipped: [], plan: null };
        }),
      importImages: async ({ name }) => {
        imports.push(name);
        return {
          dataset: images({ kind: 'folder', name: 'dogs', count: 9, fingerprint: 'd' }, 300),
          skipped: [],
          plan: null,
        };
      },
    },
    sampleOrigin: (id) => ({ kind: 'sample', id, title: id }),
    checkpoints: new CheckpointMemory(),
  });
  lab.start();
  await vi.advanceTimersByTimeAsync(3000);
  const take = async (file = FILE) => {
    const taken = lab.take(NO_ORIGIN, file);
    await vi.advanceTimersByTimeAsync(3000);
    await taken;
  };
  const shown = () => {
    const { active, config, step } = lab.runStore.getState();
    return { active, config, step, images: lab.datasetStore.getState().info };
  };
  return { lab, worker, take, shown, imports };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a file that is dropped alone', () => {
  it('is taken for one of ours by its content, whatever its name', async () => {
    const zip = (files: Readonly<Record<string, Uint8Array>>, name = 'x.zip') =>
      new File([new Uint8Array(zipSync(files))], name);
    const safetensors = new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 123, 125]);
    expect(await mayBeOpened(zip({ 'run/project.json': new Uint8Array(1) }))).toBe(true);
    expect(await mayBeOpened(zip({ 'project.json': new Uint8Array(1) }, 'renamed'))).toBe(true);
    expect(await mayBeOpened(zip({ 'cats/1.png': new Uint8Array(1) }))).toBe(false);
    expect(await mayBeOpened(new File([safetensors], 'weights.bin'))).toBe(true);
    expect(await mayBeOpened(new File([new Uint8Array(20)], 'cat.png'))).toBe(false);
    expect(await mayBeOpened(new File([], 'cat.png'))).toBe(false);
  });

  it('and holds no run, is imported as images', async () => {
    const { take, imports } = await opened({ answer: { kind: 'other' } });
    await take();
    expect(imports).toEqual(['x']);
  });

  it('and is an image archive, is not sent to the worker', async () => {
    const { take, imports, worker } = await opened();
    await take(new File([new Uint8Array(zipSync({ 'a.png': new Uint8Array(1) }))], 'a.zip'));
    expect(worker.sent('openFile')).toEqual([]);
    expect(imports).toEqual(['x']);
  });

  it('and is an encoder, is told and kept in the store until the worker fails', async () => {
    const { take, lab, shown, worker } = await opened({ answer: ENCODER });
    const before = shown();
    await take();
    const { kind: _, ...facts } = ENCODER;
    expect(lab.opening.store.getState().openedEncoder).toEqual({ name: 'run.safetensors', keptId: null, ...facts });
    expect(lab.noticeStore.getState().notices.at(-1)?.text).toMatch(/64 features.*Weights.*Take along/);
    expect(shown()).toEqual(before);
    worker.crash('gone');
    expect(lab.opening.store.getState().openedEncoder).toBeNull();
  });

  it('and does not fit, is told, and everything stays', async () => {
    const answer = { code: 'unusable-file', message: '“x” is damaged.\n', recoverable: true } as const;
    const { take, lab, shown, worker } = await opened({ answer });
    const before = shown();
    const commands = worker.commands.length;
    await take();
    expect(lab.opening.store.getState()).toMatchObject({ checking: null, problem: '“x” is damaged.\n' });
    expect(shown()).toEqual(before);
    expect(worker.commands.slice(commands).map(({ type }) => type)).toEqual(['openFile']);
    expect(lab.archive.store.getState().runs).toEqual([]);
  });
});

describe('a run from opened weights', () => {
  const begun = async (options: Options = {}) => {
    const all = await opened({ answer: ENCODER, ...options });
    await all.take();
    const beginning = all.lab.opening.beginFromOpened();
    await vi.advanceTimersByTimeAsync(3000);
    await beginning;
    return all;
  };

  it('has their network and the other settings of the page, and goes on from the checkpoint that the worker kept', async () => {
    const { lab, worker } = await begun();
    const [command] = worker.sent('beginFromOpened');
    expect(command?.config).toMatchObject({ ...FACTS.network, outputDim: lab.runStore.getState().config.outputDim });
    expect(worker.sent('resume').at(-1)).toMatchObject({ from: { id: command?.keptId, step: null } });
    expect(lab.opening.store.getState()).toMatchObject({ isBeginning: false, problem: null });
    expect(lab.noticeStore.getState().notices.at(-1)?.text).toBe(
      'The run begins from “run.safetensors”, with new heads.',
    );
  });

  it('names them in a link for others and in its record, and the next run that is built says that it does not begin from them', async () => {
    const warmStart = {
      name: 'run.safetensors',
      fingerprint: 'a'.repeat(64),
      mean: [0.5, 0.5, 0.5],
      std: [0.2, 0.2, 0.2],
    } as const;
    const { lab } = await begun({ resumedFrom: warmStart });
    const { run, notices } = decodeShareLink(linkForOthers(lab));
    expect(run.warmStart).toEqual(warmStart);
    expect(notices.join(' ')).toContain('begins with the weights of “run.safetensors”');
    expect(decodeShareLink(currentLink(lab)).notices).toEqual([]);
    lab.reset();
    expect(lab.noticeStore.getState().notices.at(-1)?.text).toContain('The new run begins with random weights.');
    await vi.advanceTimersByTimeAsync(3000);
    expect(decodeShareLink(linkForOthers(lab)).run.warmStart).toBeUndefined();
  });

  it('that cannot be made is told, and none is kept', async () => {
    const { lab, worker } = await begun({
      beginAnswer: { code: 'bad-config', message: 'The weights do not fit.', recoverable: true },
    });
    expect(lab.opening.store.getState()).toMatchObject({ isBeginning: false, problem: 'The weights do not fit.' });
    expect(worker.sent('resume')).toEqual([]);
    expect(lab.archive.store.getState().runs).toEqual([]);
  });

  it('is not made where no file is open, and once at a time', async () => {
    const { lab, worker, take } = await opened({ answer: ENCODER });
    await lab.opening.beginFromOpened();
    expect(worker.sent('beginFromOpened')).toEqual([]);
    await take();
    const both = [lab.opening.beginFromOpened(), lab.opening.beginFromOpened()];
    await vi.advanceTimersByTimeAsync(3000);
    await Promise.all(both);
    expect(worker.sent('beginFromOpened')).toHaveLength(1);
  });

  it('is normalised as the person says', async () => {
    const { lab, worker, take } = await opened({ answer: ENCODER });
    await take();
    const prepared = lab.opening.prepareOpened({ kind: 'none' });
    await vi.advanceTimersByTimeAsync(100);
    await prepared;
    expect(worker.sent('prepareOpened')).toMatchObject([{ as: { kind: 'none' } }]);
    expect(lab.opening.store.getState().openedEncoder).toMatchObject({
      isNormalisationStated: true,
      name: 'run.safetensors',
    });
  });
});

describe('a run from a file', () => {
  it('goes on with the images of the file, under its name', async () => {
    const { take, lab, shown, worker } = await opened();
    await take();
    const { keptId } = worker.sent('openFile')[0]!;
    const [command] = worker.sent('resume');
    expect(command).toMatchObject({ from: { id: keptId, step: null }, keeping: { id: keptId, dataset: DATASET } });
    expect(worker.sent('setDataset').at(-1)?.dataset.count).toBe(300);
    expect(shown()).toMatchObject({ config: CONFIG, active: { keptId, reopenedAt: 64 } });
    expect(lab.archive.store.getState().runs).toMatchObject([
      { id: keptId, name: 'From afar', created: 1000, steps: 64 },
    ]);
    expect(lab.datasetStore.getState()).toMatchObject({ wanted: null, problem: null });
  });

  it('whose images cannot be decoded leaves the run on the page and its images', async () => {
    const importProject = () =>
      Promise.reject(new ImportError('“run.zip” cannot be used: its image 3.png is damaged.'));
    const { take, lab, shown, worker } = await opened({ importProject });
    const before = shown();
    await take();
    expect(shown()).toEqual(before);
    expect(worker.sent('resume')).toEqual([]);
    expect(worker.sent('setDataset')).toHaveLength(1);
    expect(lab.archive.store.getState().runs).toEqual([]);
    expect(lab.datasetStore.getState().problem).toContain('3.png');
  });

  it('without its images asks for them', async () => {
    const { take, lab, worker } = await opened({ answer: { ...RUN, hasImages: false } });
    await take();
    expect(worker.sent('resume')).toEqual([]);
    expect(lab.datasetStore.getState().wanted).toMatchObject({ name: 'cats', fingerprint: 'f00' });
  });

  it('that waits for its images gets them from its file, and is not doubled', async () => {
    const { take, lab, worker } = await opened({ answer: { ...RUN, hasImages: false } });
    await take();
    const { keptId } = lab.runStore.getState().beginning!;
    const again = { ...RUN, id: 'second' };
    vi.spyOn(worker, 'postMessage').mockImplementationOnce((command) => {
      worker.commands.push(command);
      queueMicrotask(() => worker.sendRaw({ type: 'reply', id: command.id, to: 'openFile', result: again }));
    });
    await take();
    expect(worker.sent('resume').map(({ from }) => from.id)).toEqual([keptId]);
    expect(lab.archive.store.getState().runs.map(({ id }) => id)).toEqual([keptId]);
  });

  it('of a later file only is opened where two are dropped', async () => {
    const { lab, worker } = await opened();
    const both = [lab.take(NO_ORIGIN, FILE), lab.take(NO_ORIGIN, FILE)];
    await vi.advanceTimersByTimeAsync(3000);
    await Promise.all(both);
    const last = worker.sent('openFile').at(-1)?.keptId;
    expect(worker.sent('resume').map(({ from }) => from.id)).toEqual([last]);
    expect(lab.archive.store.getState().runs.map(({ id }) => id)).toEqual([last]);
  });
});
