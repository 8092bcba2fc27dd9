import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { orderOf } from '../../../src/domain/derivation';
import { type ImageDataset, squarePlaces } from '../../../src/domain/imageDataset';
import { presetConfig } from '../../../src/domain/presets';
import type { FilesOrigin } from '../../../src/session/data/datasetLoading';
import { identityOf } from '../../../src/session/data/identity';
import { withClasses, withImages } from '../../../src/session/exploring/deriving';
import { Lab } from '../../../src/session/lab';
import { currentLink } from '../../../src/session/link/linkSync';
import { CheckpointMemory } from '../../../src/storage/checkpointMemory';
import { parsePointer, type RunPointer } from '../../../src/storage/runPointer';
import { HeldImages } from '../../../src/worker/heldImages';
import { imagesInGroups } from '../../setup/explored';
import { FakeWorker } from './fakeWorker';

const SAMPLE: ImageDataset['source'] = { kind: 'sample', id: 'fashion-mnist', license: 'MIT' };
const FOLDER: ImageDataset['source'] = { kind: 'folder', name: 'stickers', count: 400, fingerprint: 'f00' };
const STICKERS: FilesOrigin = {
  kind: 'files',
  title: 'stickers',
  collect: async () => ({ name: 'stickers', found: [] }),
};

/** 400 images in four classes; every fifth is for testing. */
function images(source: ImageDataset['source']): ImageDataset {
  const name = source.kind === 'sample' ? 'Fashion-MNIST' : source.name;
  return {
    ...imagesInGroups(400, 4),
    name,
    source,
    pixels: new Uint8Array(400 * 4),
    ...squarePlaces(400, 1),
    facts: null,
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** A page on a sample, whose worker derives images as the real one does. */
async function opened({ hash = '', kept = null }: { hash?: string; kept?: RunPointer | null } = {}) {
  const checkpoints = new CheckpointMemory();
  if (kept !== null) await checkpoints.put(kept, { isNew: true });
  const held = new HeldImages();
  const loadSample = vi.fn(async () => images(SAMPLE));
  const importImages = vi.fn(async () => ({ dataset: images(FOLDER), skipped: [], plan: null }));
  const worker = new FakeWorker({
    setDataset: ({ dataset }) => {
      held.take({ dataset: dataset as ImageDataset });
      return null;
    },
    derive: ({ derivation, reading }) => held.derive(derivation, reading),
    takeNext: ({ number }) => {
      held.takeNext(number);
      return null;
    },
    resume: () => ({ step: 64, config: kept?.config ?? presetConfig('tiny'), changes: [], notes: [] }),
  });
  const lab = new Lab(hash, {
    openWorker: () => worker,
    loaders: {
      fetchRest: async () => undefined,
      loadSample,
      importProject: () => Promise.reject(new Error('no project')),
      importImages,
    },
    sampleOrigin: (id) => ({ kind: 'sample', id, title: id }),
    checkpoints,
  });
  lab.start();
  await settled();
  const notices = () => lab.noticeStore.getState().notices.map(({ text }) => text);
  const info = () => lab.datasetStore.getState().info;
  return { lab, worker, held, notices, info, loadSample, importImages };
}

async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(3000);
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('training on chosen images', () => {
  it('builds a new run on them with an identity of its own, and goes back to all without loading them again', async () => {
    const { lab, worker, held, info, notices, loadSample } = await opened({ hash: '#v=4&preset=tiny' });
    const before = identityOf(lab.datasetStore.getState());
    const created = worker.sent('create').length;
    const chosen = range(100, 300);
    void lab.deriving.trainOn(chosen);
    await settled();
    expect(info()?.names).toEqual(chosen.map((i) => `stickers/group-${Math.floor(i / 100)}/image-${i}.png`));
    expect(info()).toMatchObject({ name: 'Fashion-MNIST, 200 chosen', count: 200, classNames: ['class 1', 'class 2'] });
    expect(held.dataset.count).toBe(200);
    expect(worker.sent('create')).toHaveLength(created + 1);
    const keeping = worker.sent('create').at(-1)?.keeping;
    expect(keeping?.dataset).toMatchObject({ count: 200, derivation: { images: '100-299' } });
    expect(keeping?.dataset).not.toEqual(before);
    expect(currentLink(lab)).toContain('chosen=100-299');
    expect(lab.placeStore.getState().place).toBe('train');
    expect(notices()).toEqual(['A new run on 200 images of “Fashion-MNIST” is ready.']);
    void lab.deriving.takeAll();
    await settled();
    expect(identityOf(lab.datasetStore.getState())).toEqual(before);
    expect(held.dataset.count).toBe(400);
    expect(currentLink(lab)).not.toContain('chosen');
    expect(worker.sent('create')).toHaveLength(created + 2);
    expect(loadSample).toHaveBeenCalledTimes(1);
  });

  it('chooses again among chosen ones, which are still those of the whole', async () => {
    const { lab, info } = await opened({ hash: '#v=4&preset=tiny&batchSize=32' });
    void lab.deriving.trainOn(range(100, 300));
    await settled();
    void lab.deriving.trainOn(range(50, 150));
    await settled();
    expect(info()?.derivation).toMatchObject({ from: 'Fashion-MNIST', images: '150-249' });
    expect(info()?.names[0]).toBe('stickers/group-1/image-150.png');
  });

  it('makes the batch fit, and refuses what no batch fits', async () => {
    const { lab, info, notices, worker } = await opened({ hash: '#v=4&preset=tiny&batchSize=64' });
    void lab.deriving.trainOn(range(0, 60));
    await settled();
    expect(info()?.count).toBe(60);
    expect(lab.runStore.getState().config.batchSize).toBe(16);
    expect(worker.sent('create').at(-1)?.config.batchSize).toBe(16);
    expect(notices()[0]).toMatch(/batch size is 16/);
    const created = worker.sent('create').length;
    void lab.deriving.trainOn([0, 1, 2]);
    await settled();
    expect(notices().at(-1)).toMatch(/^Only 3 images to train on: a run needs at least two batches/);
    expect(info()?.count).toBe(60);
    expect(worker.sent('create')).toHaveLength(created);
    expect(lab.runStore.getState().config.batchSize).toBe(16);
  });

  it('waits for images that are being loaded', async () => {
    const { lab, notices, info } = await opened({ hash: '#v=4&preset=tiny' });
    void lab.loadImages(STICKERS);
    await lab.deriving.trainOn(range(0, 200));
    expect(notices()).toEqual(['Other images are being loaded: wait until they are here.']);
    await settled();
    expect(info()?.name).toBe('stickers');
  });
});

describe('a run on chosen images', () => {
  const derivation = withImages(images(SAMPLE), range(0, 200));
  const POINTER: RunPointer = {
    version: 4,
    id: 'kept',
    config: presetConfig('tiny'),
    changes: [],
    dataset: {
      name: 'Fashion-MNIST, 200 chosen',
      count: 200,
      sample: 'fashion-mnist',
      fingerprint: null,
      ...(derivation && { derivation }),
    },
    parent: null,
    steps: [{ step: 64, bytes: 100, keptFor: [] }],
    last: 64,
    written: 1,
  };

  it('goes on when the page is opened again', async () => {
    expect(parsePointer(structuredClone(POINTER))?.dataset).toEqual(POINTER.dataset);
    const { worker, held, info, notices } = await opened({ kept: POINTER });
    expect(held.dataset.count).toBe(200);
    expect(info()?.derivation).toEqual(derivation);
    expect(worker.sent('resume')).toHaveLength(1);
    expect(worker.sent('create')).toEqual([]);
    expect(notices()).toEqual([]);
  });

  it('is not opened by a link to all images', async () => {
    const link = '#v=4&preset=tiny';
    expect((await opened({ kept: POINTER, hash: link })).worker.sent('resume')).toEqual([]);
    const own = `${link}&whole=${derivation?.of}&chosen=0-199`;
    expect((await opened({ kept: POINTER, hash: own })).worker.sent('resume')).toHaveLength(1);
  });

  it('goes on from a page with all images, and a link to all goes back', async () => {
    const { lab, worker, held, loadSample } = await opened({ kept: POINTER, hash: '#v=4&preset=tiny&seed=3' });
    expect(held.dataset.count).toBe(400);
    void lab.keptRuns.goOn('kept');
    await settled();
    expect(held.dataset.count).toBe(200);
    expect(worker.sent('resume')).toHaveLength(1);
    lab.open('#v=4&preset=tiny');
    await settled();
    expect(held.dataset.count).toBe(400);
    expect(worker.sent('create').at(-1)?.keeping?.dataset.derivation).toBeUndefined();
    expect(loadSample).toHaveBeenCalledTimes(1);
  });

  it('is a new one on all images where those of the link are not there', async () => {
    const { worker, notices, info } = await opened({ hash: '#v=4&preset=tiny&whole=400-abc&chosen=0-199' });
    expect(info()?.count).toBe(400);
    expect(notices()).toEqual([expect.stringMatching(/^These are not the images .* All images of “Fashion-MNIST”/)]);
    expect(worker.sent('create')).toHaveLength(1);
  });

  it('of a folder asks for that folder, and begins once it is there', async () => {
    const folder = encodeURIComponent('["stickers",400,"f00"]');
    const of = orderOf(images(FOLDER));
    const hash = `#v=4&preset=tiny&dataset=folder&folder=${folder}&whole=${of}&chosen=0-199`;
    const { lab, worker, held, notices } = await opened({ hash });
    expect(worker.sent('create')).toEqual([]);
    expect(currentLink(lab)).toContain('chosen=0-199');
    void lab.loadImages(STICKERS);
    await settled();
    expect(held.dataset).toMatchObject({ name: 'stickers, 200 chosen', count: 200 });
    expect(worker.sent('create')).toHaveLength(1);
    expect(notices()).toEqual([]);
  });
});

describe('selections as classes', () => {
  const SELECTIONS = [
    { name: 'ours', images: range(0, 60) },
    { name: 'theirs', images: [...range(50, 55), ...range(200, 260)] },
    { name: 'none left', images: range(10, 20) },
  ];

  it('take the place of the classes, and give it back', async () => {
    const { lab, worker, held, info, notices } = await opened({ hash: '#v=4&preset=tiny' });
    void lab.deriving.makeClasses(SELECTIONS);
    await settled();
    expect(info()?.classNames).toEqual(['ours', 'theirs']);
    expect(held.dataset.labels?.slice(50, 61)).toEqual(Int16Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1]));
    expect(notices()).toEqual([
      '2 selections are classes now, with 120 images; all others have no class. A new run is ready. 15 images in several selections: the first in the list counts.',
    ]);
    expect(worker.sent('create').at(-1)?.keeping?.dataset.derivation?.classes?.[0]).toEqual({
      name: 'ours',
      images: '0-59',
    });
    expect(currentLink(lab)).not.toContain('ours');
    // A link to the same classes leaves their names as they are.
    lab.open(`#${currentLink(lab)}`);
    await settled();
    expect(info()?.classNames).toEqual(['ours', 'theirs']);
    void lab.deriving.trainOn(range(0, 250));
    await settled();
    expect(info()).toMatchObject({ name: 'Fashion-MNIST, 250 chosen, 2 own classes', classNames: ['ours', 'theirs'] });
    void lab.deriving.takeClassesOfWhole();
    await settled();
    expect(info()).toMatchObject({ count: 250, classNames: ['class 0', 'class 1', 'class 2'] });
  });

  it('name images of the whole where only some are in use', () => {
    const whole = images(SAMPLE);
    const derivation = withImages(whole, range(100, 300)) ?? undefined;
    const info = { ...whole, count: 200, derivation };
    const { derivation: made } = withClasses(info, [{ name: 'a', images: range(0, 10) }]);
    expect(made).toMatchObject({ images: '100-299', classes: [{ name: 'a', images: '100-109' }] });
  });
});
