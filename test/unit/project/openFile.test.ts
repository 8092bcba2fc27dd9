import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { zipSync } from 'fflate';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CheckpointDatabase } from '../../../src/storage/checkpointDatabase';
import { smallRun } from '../../setup/checkpoints';
import { imagesInProject, KEEPING, OpeningHost, unzipped } from '../../setup/openedFiles';
import { syntheticDataset } from '../../setup/syntheticDataset';

const CONFIG = smallRun({ totalSteps: 8 });
const IMAGES = syntheticDataset(40);
const FACTS = {
  name: 'Eine Übung',
  created: 1_700_000_000_000,
  dataset: { name: 'synthetic', count: 40, sample: null, fingerprint: '1' },
  evaluation: null,
} as const;

const resume = (host: OpeningHost, id: string) => {
  const keeping = { ...KEEPING, id, dataset: FACTS.dataset };
  return host.done<'resume'>({ type: 'resume', runId: 'again', from: { id, step: null }, changes: [], keeping });
};

describe('files that are opened', () => {
  let project: Blob;
  let files: Record<string, Uint8Array>;
  let whole: Map<number, number>;

  beforeAll(async () => {
    globalThis.indexedDB = new IDBFactory();
    const host = new OpeningHost();
    await host.create(IMAGES, CONFIG, FACTS, 4);
    const what = { kind: 'project', withImages: true, facts: FACTS } as const;
    project = (await host.done<'takeAlong'>({ type: 'takeAlong', runId: 'run', what })).file;
    await host.steps('run', 4);
    whole = host.losses('run');
    files = await unzipped(project);
  });

  beforeEach(() => {
    globalThis.indexedDB = new IDBFactory();
  });

  async function newHost(): Promise<OpeningHost> {
    const host = new OpeningHost();
    await host.done({ type: 'init', engine: 'wasm' });
    return host;
  }

  it('a project file is kept as a run, has its images bit by bit, and goes on to the bit', async () => {
    const host = await newHost();
    const opened = await host.open(project, 'run.zip');
    expect(opened).toEqual({
      kind: 'run',
      id: 'opened',
      config: CONFIG,
      changes: [],
      step: 4,
      hasImages: true,
      ...FACTS,
    });
    expect(host.events.findLast(({ type }) => type === 'progress')).toMatchObject({ done: 40, total: 40 });
    expect(await new CheckpointDatabase().pointer('opened')).toMatchObject({ config: CONFIG, last: 4, changes: [] });
    const { facts: _, ...images } = await imagesInProject(project, CONFIG);
    const { facts: __, ...wanted } = IMAGES;
    expect(images).toEqual(wanted);
    await host.done({ type: 'setDataset', dataset: { ...images, facts: null } });
    expect(await resume(host, 'opened')).toMatchObject({ step: 4, config: CONFIG, notes: [] });
    await host.steps('again', 4);
    expect(host.losses('again')).toEqual(whole);
    expect(whole.size).toBe(8);
  });

  it('a project file that was packed again, with its folder, is the same run', async () => {
    const inFolder = Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`My run/${path}`, bytes]));
    const mac = { ...inFolder, '__MACOSX/My run/._project.json': new Uint8Array(4) };
    const host = await newHost();
    const opened = await host.open(new Uint8Array(zipSync(mac)), 'My run.zip');
    expect(opened).toMatchObject({ kind: 'run', step: 4, config: CONFIG, hasImages: true });
  });

  it('a checkpoint alone is a run whose images are asked for', async () => {
    const host = await newHost();
    const bytes = new Uint8Array(files['checkpoint.safetensors']!);
    const opened = await host.open(bytes, 'checkpoint.safetensors');
    expect(opened).toMatchObject({ kind: 'run', step: 4, hasImages: false, name: null, dataset: FACTS.dataset });
    await host.done({ type: 'setDataset', dataset: IMAGES });
    await resume(host, 'opened');
    await host.steps('again', 4);
    expect(host.losses('again')).toEqual(whole);
  });

  it('an encoder is held for embeddings', async () => {
    const host = await newHost();
    const bytes = new Uint8Array(files['encoder/encoder.safetensors']!);
    const opened = await host.open(bytes, 'encoder.safetensors');
    expect(opened).toMatchObject({ kind: 'encoder', featureDim: 24, imageSize: 32, notes: [] });
    await host.done({ type: 'setDataset', dataset: IMAGES });
    const what = { kind: 'embeddings', format: 'npy', by: 'opened' } as const;
    const { file } = await host.done<'takeAlong'>({ type: 'takeAlong', runId: null, what });
    expect(file.size).toBeGreaterThan(40 * 24 * 4);
    expect(await new CheckpointDatabase().pointers()).toMatchObject({ pointers: [] });
  });

  it('an archive of images is left to the import of images', async () => {
    const host = await newHost();
    const archive = new Uint8Array(
      zipSync({ 'cats/1.png': new Uint8Array(9), 'deep/er/project.json': new Uint8Array(2) }),
    );
    expect(await host.open(archive, 'cats.zip')).toEqual({ kind: 'other' });
  });

  it('where the browser stores nothing, the run goes on from the memory of the worker', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const host = await newHost();
    await host.open(project, 'run.zip');
    await host.done({ type: 'setDataset', dataset: IMAGES });
    expect(await resume(host, 'opened')).toMatchObject({ step: 4 });
    vi.unstubAllGlobals();
  });

  it('a training run goes on while a file is opened', async () => {
    const host = new OpeningHost();
    await host.create(IMAGES, { ...CONFIG, totalSteps: 400 }, FACTS, 1);
    await host.done({ type: 'train', runId: 'run' });
    expect(await host.open(project, 'run.zip')).toMatchObject({ kind: 'run' });
    expect(await host.open(new Uint8Array([1, 2, 3]), 'run.zip')).toMatchObject({ error: { code: 'unusable-file' } });
    const before = host.losses('run').size;
    await expect.poll(() => host.losses('run').size).toBeGreaterThan(before);
    await host.done({ type: 'pause', runId: 'run' });
    expect(host.events.filter(({ type }) => type === 'error')).toEqual([]);
  });
});
