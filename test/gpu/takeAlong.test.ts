import 'fake-indexeddb/auto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { decode } from 'fast-png';
import { parquetReadObjects } from 'hyparquet';
import * as onnxRuntime from 'onnxruntime-web';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { embedTo } from '../../scripts/export/embedTo';
import { exportTo } from '../../scripts/export/exportTo';
import { projectInfo, readProjectImages } from '../../src/data/project/projectImages';
import { orderOf } from '../../src/domain/derivation';
import type { RunConfig } from '../../src/domain/runConfig';
import type { RunSignal } from '../../src/domain/signal';
import type { TakenFile } from '../../src/domain/takeAlong';
import { readCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { resumeRun } from '../../src/engine/run/checkpoint/resumeRun';
import { encoderOf } from '../../src/engine/run/export/encoderWeights';
import { FrozenEncoder } from '../../src/engine/run/export/frozenEncoder';
import { readEncoder } from '../../src/engine/run/export/readEncoder';
import { readProject } from '../../src/engine/run/project/projectFile';
import { readBytes } from '../../src/formats/byteSource';
import { openPackedFolder } from '../../src/formats/zip/packedFolder';
import { readZipDirectory } from '../../src/formats/zip/zipDirectory';
import { unpackEntry } from '../../src/formats/zip/zipEntry';
import type { CommandBody } from '../../src/protocol/commands';
import type { Event } from '../../src/protocol/events';
import { isEvent } from '../../src/protocol/guards';
import { Host } from '../../src/worker/host';
import { maxError } from '../fixtures/golden';
import { measuredByStep, smallRun } from '../setup/checkpoints';
import { describeOnEngines, startTestEngine } from '../setup/engine';
import { describeWithPython, scratchFolder } from '../setup/python';
import { syntheticDataset } from '../setup/syntheticDataset';

const CONFIG = smallRun({ totalSteps: 8 });
const COUNT = 40;
const FEATURES = 24;
const SIDE = 32;

const FACTS = {
  name: 'Eine Übung',
  created: 1_700_000_000_000,
  dataset: { name: 'synthetic', count: COUNT, sample: null, fingerprint: '1' },
  evaluation: null,
} as const;

const PROJECT = { kind: 'project', withImages: true, facts: FACTS } as const;
const ONNX = { kind: 'encoder', format: 'onnx' } as const;
const TABLE = { kind: 'embeddings', format: 'parquet', by: 'run' } as const;

type Answer = Extract<Event, { type: 'reply' | 'failure' }>;

class TestHost {
  readonly events: Event[] = [];
  readonly #host = new Host((event) => {
    this.events.push(event);
    this.onEvent(event);
  });
  #nextId = 0;
  onEvent: (event: Event) => void = () => undefined;

  async send<T extends CommandBody['type']>(command: Extract<CommandBody, { type: T }>): Promise<Answer> {
    const id = this.#nextId++;
    await this.#host.handle({ id, ...command } as Parameters<Host['handle']>[0]);
    const answers = this.events.filter(
      (event): event is Answer => (event.type === 'reply' || event.type === 'failure') && event.id === id,
    );
    expect(answers).toHaveLength(1);
    return answers[0]!;
  }

  async create(config: RunConfig = CONFIG, dataset = syntheticDataset(COUNT)): Promise<void> {
    await this.send({ type: 'init', engine: 'wasm' });
    await this.send({ type: 'setDataset', dataset });
    expect(await this.send({ type: 'create', runId: 'run', config, changes: [] })).toMatchObject({ type: 'reply' });
  }

  async steps(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.send({ type: 'step', runId: 'run' });
  }

  take(what: TakenFile, runId: string | null = 'run'): Promise<Answer> {
    return this.send({ type: 'takeAlong', runId, what });
  }

  async taken(what: TakenFile, runId: string | null = 'run'): Promise<{ name: string; file: Blob }> {
    const answer = await this.take(what, runId);
    if (answer.type !== 'reply' || answer.to !== 'takeAlong') throw new Error(JSON.stringify(answer));
    return answer.result;
  }

  get signals(): RunSignal[] {
    return this.events.flatMap((event) => (event.type === 'signal' ? event.signal : []));
  }

  get states() {
    return this.signals.flatMap(({ kind, value }) => (kind === 'state' ? value.state : []));
  }

  get progress() {
    return this.events.flatMap((event) => (event.type === 'progress' ? [[event.done, event.total]] : []));
  }

  async trainToEnd(): Promise<void> {
    await this.send({ type: 'train', runId: 'run' });
    await expect.poll(() => this.states.at(-1)).toBe('finished');
  }
}

/** The files of an archive by path, in their order, by our reader. */
async function unzipped(file: Blob): Promise<Map<string, Uint8Array>> {
  const { entries, skipped } = await readZipDirectory(file);
  expect(skipped).toEqual([]);
  const all = new Map<string, Uint8Array>();
  for (const entry of entries) all.set(entry.path, unpackEntry(entry, await readBytes(file, entry.start, entry.end)));
  return all;
}

const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

function npyValues(bytes: Uint8Array): Float32Array {
  const start = 10 + bytes[8]! + 256 * bytes[9]!;
  // A Buffer's own `slice` copies nothing.
  return new Float32Array(new Uint8Array(bytes.subarray(start)).buffer);
}

describeOnEngines(['wasm'], 'taking files along', () => {
  const images = syntheticDataset(COUNT);
  const hosts: TestHost[] = [];
  const newHost = () => {
    const host = new TestHost();
    hosts.push(host);
    return host;
  };
  const scratch = scratchFolder('takeAlong');
  afterAll(() => scratch.remove());

  afterEach(async () => {
    for (const host of hosts.splice(0)) {
      await host.send({ type: 'setDataset', dataset: syntheticDataset(8) });
      expect(host.events.every(isEvent)).toBe(true);
      expect(host.events.filter(({ type }) => type === 'error')).toEqual([]);
    }
  });

  /** A run of three steps, and its project with the images. */
  async function project(): Promise<{ host: TestHost; file: Blob; files: Map<string, Uint8Array> }> {
    const host = newHost();
    await host.create();
    await host.steps(3);
    const { name, file } = await host.taken(PROJECT);
    expect(name).toBe('simsiam-lab-eine-übung-step3-project-with-images.zip');
    expect(file.type).toBe('application/zip');
    return { host, file, files: await unzipped(file) };
  }

  it('a project holds the run, the encoder, the embeddings and the very images', async () => {
    const { host, files } = await project();
    const pictures = Array.from({ length: COUNT }, (_, i) => `images/${String(i).padStart(6, '0')}.png`);
    expect([...files.keys()]).toEqual([
      'project.json',
      'README.txt',
      'checkpoint.safetensors',
      'curves.csv',
      'encoder/encoder.safetensors',
      'encoder/encoder.onnx',
      'encoder/config.json',
      'encoder/preprocessor_config.json',
      'frames/z.npy',
      'frames/p.npy',
      'frames/features.npy',
      'frames/frames.csv',
      'frames/images.csv',
      'embeddings.parquet',
      'images/index.csv',
      ...pictures,
    ]);
    const json = readProject(textOf(files.get('project.json')));
    expect(json).toMatchObject({ ...FACTS, step: 3, config: CONFIG, changes: [], hasImages: true });
    expect(json.classes).toEqual(['disc', 'square', 'stripes']);
    for (const [i, path] of pictures.entries()) {
      const { data, channels } = decode(files.get(path)!);
      expect(channels).toBe(3);
      const rgb = images.pixels.subarray(4 * i * SIDE ** 2, 4 * (i + 1) * SIDE ** 2).filter((_, at) => at % 4 < 3);
      expect(Buffer.compare(Buffer.from(data as Uint8Array), Buffer.from(rgb))).toBe(0);
    }
    const rows = textOf(files.get('images/index.csv')).split('\r\n');
    expect(rows.slice(0, 2)).toEqual(['file,path,class,split,width,height', '000000.png,image-0.png,disc,train,32,32']);
    expect(rows[5]).toBe('000004.png,image-4.png,square,test,32,32');
    const losses = measuredByStep(host.signals).map(({ step, loss }) => [step, loss]);
    const curves = textOf(files.get('curves.csv')).trim().split('\r\n');
    expect(curves[0]).toMatch(/^step,loss,/);
    const written = curves.slice(1).map((row) => row.split(','));
    expect(written.map(([step, loss]) => [Number(step), loss === '' ? undefined : Number(loss)])).toEqual(losses);
    expect(host.progress.at(-1)).toEqual([2 * COUNT, 2 * COUNT]);

    const table = await tableOf(files.get('embeddings.parquet')!);
    const { encoder } = readEncoder(files.get('encoder/encoder.safetensors')!);
    const checkpoint = readCheckpoint(files.get('checkpoint.safetensors')!);
    for (const weights of [encoder, encoderOf(checkpoint)]) {
      const own = await featuresBy(weights);
      expect(maxError(Float32Array.from(table.flatMap(({ features }) => features as number[])), own)).toBeLessThan(
        1e-5,
      );
    }
    expect(table[0]).toMatchObject({ path: 'image-0.png', class: 'disc', split: 'train' });
  });

  async function tableOf(bytes: Uint8Array) {
    return parquetReadObjects({ file: new Uint8Array(bytes).buffer });
  }

  async function featuresBy(weights: ConstructorParameters<typeof FrozenEncoder>[0]): Promise<Float32Array> {
    const frozen = new FrozenEncoder(weights);
    const all = new Float32Array(COUNT * FEATURES);
    for await (const { start, features } of frozen.embed(images)) all.set(features.data, start * FEATURES);
    frozen.dispose();
    return all;
  }

  it('a project of a run on chosen images holds these alone, and opens again', async () => {
    const host = new TestHost();
    await host.send({ type: 'init', engine: 'wasm' });
    const whole = syntheticDataset(60);
    const of = orderOf(whole);
    await host.send({ type: 'setDataset', dataset: whole });
    const reading = { seed: 1, holdOut: 'images', batchSize: CONFIG.batchSize } as const;
    const derivation = { from: '', of, images: '0-29.45-54', classes: [{ name: 'ours', images: '0-19' }] };
    const derived = await host.send({ type: 'derive', derivation, reading });
    if (derived.type !== 'reply' || derived.to !== 'derive' || 'refusal' in derived.result) throw new Error('refused');
    const { number, info } = derived.result;
    await host.send({ type: 'takeNext', number });
    await host.send({ type: 'create', runId: 'run', config: CONFIG, changes: [] });
    await host.steps(2);
    const dataset = { ...FACTS.dataset, name: info.name, derivation: info.derivation };
    const { file } = await host.taken({ ...PROJECT, facts: { ...FACTS, dataset } });
    const rows = textOf((await unzipped(file)).get('images/index.csv'))
      .trim()
      .split('\r\n');
    expect(rows).toHaveLength(41);
    expect(rows[1]).toContain('image-0.png,ours,');
    expect(rows[31]).toContain('image-45.png,,');
    const opened = await host.send({ type: 'openFile', file, name: 'p.zip', keptId: 'opened' });
    expect(opened).toMatchObject({
      type: 'reply',
      result: { kind: 'run', hasImages: true, dataset: { count: COUNT, derivation: info.derivation } },
    });
    const folder = await openPackedFolder(file, 'project.json');
    const info2 = projectInfo(await readProjectImages(folder!));
    expect(info2).toMatchObject({ name: info.name, derivation: info.derivation, classNames: ['ours'] });
    expect(info2.labels).toEqual(info.labels);
  });

  it('the checkpoint in it goes on to the bit, and so does the run itself', async () => {
    const whole = newHost();
    await whole.create();
    await whole.trainToEnd();
    const { host, files } = await project();
    await host.trainToEnd();
    const expected = measuredByStep(whole.signals);
    expect(measuredByStep(host.signals)).toEqual(expected);
    const signals: RunSignal[] = [];
    const checkpoint = readCheckpoint(files.get('checkpoint.safetensors')!);
    expect(checkpoint.measuredWith?.statistics.size).toBeGreaterThan(0);
    const engine = await startTestEngine('wasm');
    const { trainer, notes } = await resumeRun(checkpoint, images, engine, (signal) => {
      signals.push(structuredClone(signal));
    });
    while ((await trainer.advance()) === 'continue');
    await trainer.flush();
    trainer.dispose();
    expect(notes).toEqual([]);
    expect(measuredByStep(signals)).toEqual(expected);
  });

  describeWithPython(['numpy'], 'NumPy', (run) => {
    it('reads the frames of a project, and Python the archive', async () => {
      const { file, files } = await project();
      writeFileSync(join(scratch.path, 'project.zip'), Buffer.from(await file.arrayBuffer()));
      const tested = `import zipfile; z = zipfile.ZipFile('project.zip'); print(z.testzip(), len(z.namelist()))`;
      expect(run(['-c', tested], scratch.path).trim()).toBe(`None ${files.size}`);
      writeFileSync(join(scratch.path, 'z.npy'), files.get('frames/z.npy')!);
      const steps = textOf(files.get('frames/frames.csv')).trim().split('\r\n').slice(1);
      const program = `import numpy; z = numpy.load('z.npy'); print(z.dtype, z.shape, abs((z.astype('f8') ** 2).sum(-1) - 1).max() < 2e-3)`;
      expect(run(['-c', program], scratch.path).trim()).toBe(`float16 (${steps.length}, 16, 3) True`);
    });
  });

  it('transformers.js takes the encoder of a project by the words of its README.txt, offline', async () => {
    const { files } = await project();
    mkdirSync(join(scratch.path, 'encoder'));
    for (const [path, content] of files) {
      if (path.startsWith('encoder/')) writeFileSync(join(scratch.path, path), content);
    }
    const [, words = ''] = /transformers\.js with \{ (.*) \}/.exec(textOf(files.get('README.txt'))) ?? [];
    const named = Object.fromEntries([...words.matchAll(/(\w+): '(.*?)'/g)].map(([, name, value]) => [name, value]));
    expect(Object.keys(named)).toEqual(['subfolder', 'model_file_name', 'dtype']);
    // Its Node build asks for onnxruntime-node, whose install script downloads; it takes another runtime from here.
    Object.assign(globalThis, { [Symbol.for('onnxruntime')]: onnxRuntime });
    // Started before, since the package would have it load its code from elsewhere.
    await (await onnxRuntime.InferenceSession.create(new Uint8Array(files.get('encoder/encoder.onnx')!))).release();
    const { env, pipeline, RawImage } = await import('@huggingface/transformers');
    Object.assign(env, { allowRemoteModels: false, useWasmCache: false, localModelPath: scratch.path });
    const extract = await pipeline('image-feature-extraction', 'encoder', { device: 'auto', ...named });
    const pictures = Array.from({ length: 4 }, (_, i) => {
      const { data } = decode(files.get(`images/00000${i}.png`)!);
      return new RawImage(Uint8ClampedArray.from(data), SIDE, SIDE, 3);
    });
    const features = (await extract(pictures, { pool: true })).data as Float32Array;
    const table = await tableOf(files.get('embeddings.parquet')!);
    const expected = Float32Array.from(table.slice(0, 4).flatMap((row) => row.features as number[]));
    expect(maxError(features, expected)).toBeLessThan(1e-4);
  });

  it('npm run export and npm run embed take a project file, and give its features without the images of its run', async () => {
    const { file, files } = await project();
    const at = (...names: string[]) => join(scratch.path, ...names);
    writeFileSync(at('taken.zip'), Buffer.from(await file.arrayBuffer()));
    await exportTo({ file: at('taken.zip'), out: at('exported'), dataset: undefined, folders: undefined });
    for (const name of ['encoder.safetensors', 'encoder.onnx', 'config.json', 'preprocessor_config.json']) {
      expect(Buffer.compare(readFileSync(at('exported', name)), files.get(`encoder/${name}`)!), name).toBe(0);
    }
    mkdirSync(at('pictures'));
    for (const [path, picture] of files) {
      if (path.endsWith('.png')) writeFileSync(at('pictures', path.slice('images/'.length)), picture);
    }
    await embedTo({ location: at('pictures'), weights: at('taken.zip'), out: at('features.npy') });
    const table = await tableOf(files.get('embeddings.parquet')!);
    const expected = Float32Array.from(table.flatMap(({ features }) => features as number[]));
    expect(maxError(npyValues(readFileSync(at('features.npy'))), expected)).toBeLessThan(1e-5);
    writeFileSync(at('cut.zip'), readFileSync(at('taken.zip')).subarray(0, -9000));
    await expect(
      exportTo({ file: at('cut.zip'), out: at('none'), dataset: undefined, folders: undefined }),
    ).rejects.toThrow(/cut\.zip is not a whole \.zip archive.*Nothing was written/);
  });

  it('an encoder, and embeddings as a table or an array', async () => {
    const host = newHost();
    await host.create();
    await host.steps(2);
    const { name, file } = await host.taken({ kind: 'encoder', format: 'safetensors' });
    expect(name).toBe('simsiam-lab-synthetic-simsiam-step2-encoder.safetensors');
    const { encoder } = readEncoder(new Uint8Array(await file.arrayBuffer()));
    const features = await featuresBy(encoder);
    const frozen = new FrozenEncoder(encoder);
    const sizes: number[] = [];
    for await (const { start, features: rows } of frozen.embed(images, { blockMs: 1e-6 })) {
      sizes.push(rows.n);
      expect(maxError(rows.data, features.subarray(start * FEATURES, (start + rows.n) * FEATURES))).toBeLessThan(1e-5);
    }
    frozen.dispose();
    // The first block says how long one takes.
    expect(sizes).toEqual([16, ...new Array<number>(COUNT - 16).fill(1)]);
    const model = await unzipped((await host.taken({ kind: 'encoder', format: 'transformers' })).file);
    expect([...model.keys()]).toEqual(['onnx/model.onnx', 'config.json', 'preprocessor_config.json']);
    const onnx = await host.taken(ONNX);
    expect(onnx.name).toMatch(/-encoder\.onnx$/);
    expect(new Uint8Array(await onnx.file.arrayBuffer())).toEqual(new Uint8Array(model.get('onnx/model.onnx')!));
    const array = await host.taken({ kind: 'embeddings', format: 'npy', by: 'run' });
    expect(array.name).toBe('simsiam-lab-synthetic-simsiam-step2-embeddings.zip');
    const files = await unzipped(array.file);
    expect([...files.keys()]).toEqual(['embeddings.npy', 'embeddings.csv']);
    expect(maxError(npyValues(files.get('embeddings.npy')!), features)).toBeLessThan(1e-5);
    expect(textOf(files.get('embeddings.csv')).split('\r\n')[1]).toBe('image-0.png,disc,train');
    const table = await tableOf(new Uint8Array(await (await host.taken(TABLE)).file.arrayBuffer()));
    expect(maxError(Float32Array.from(table.flatMap((row) => row.features as number[])), features)).toBeLessThan(1e-5);
    expect(host.progress.at(-1)).toEqual([COUNT, COUNT]);
  });

  it('embeddings by an encoder that was opened, with and without a run', async () => {
    const host = newHost();
    await host.create();
    await host.steps(2);
    const { file } = await host.taken({ kind: 'encoder', format: 'safetensors' });
    const features = await featuresBy(readEncoder(new Uint8Array(await file.arrayBuffer())).encoder);
    const expectSame = async (by: TestHost) => {
      const opened = await by.send({ type: 'openFile', file, name: 'encoder.safetensors', keptId: 'unused' });
      expect(opened).toMatchObject({ type: 'reply', result: { kind: 'encoder', featureDim: FEATURES } });
      const taken = await by.taken({ kind: 'embeddings', format: 'npy', by: 'opened' }, null);
      expect(taken.name).toBe('simsiam-lab-synthetic-opened-encoder-embeddings.zip');
      const files = await unzipped(taken.file);
      expect(maxError(npyValues(files.get('embeddings.npy')!), features)).toBeLessThan(1e-5);
    };
    // The run goes on, and the encoder is that of before.
    await host.steps(1);
    await expectSame(host);
    const alone = newHost();
    await alone.send({ type: 'init', engine: 'wasm' });
    await alone.send({ type: 'setDataset', dataset: syntheticDataset(COUNT) });
    await expectSame(alone);
  });

  it('a run that trains waits, can be paused meanwhile, and goes on; a cancelled file leaves nothing behind', async () => {
    const host = newHost();
    await host.create({ ...CONFIG, totalSteps: 400 });
    await host.send({ type: 'train', runId: 'run' });
    await expect.poll(() => host.states.at(-1)).toBe('training');
    const others: Promise<Answer>[] = [];
    host.onEvent = ({ type }) => {
      if (type !== 'progress' || others.length > 0) return;
      others.push(host.take(ONNX), host.send({ type: 'pause', runId: 'run' }), host.send({ type: 'cancelTakeAlong' }));
    };
    expect(await host.take(PROJECT)).toMatchObject({
      type: 'failure',
      error: { code: 'cancelled', recoverable: true },
    });
    const [another, paused, cancelled] = await Promise.all(others);
    expect(another).toMatchObject({ error: { message: expect.stringContaining('Another file is being made') } });
    expect([paused?.type, cancelled?.type]).toEqual(['reply', 'reply']);
    expect(host.states.at(-1)).toBe('paused');
    host.onEvent = () => undefined;
    await host.send({ type: 'train', runId: 'run' });
    // While the run trains, too.
    expect((await host.taken(ONNX)).file.size).toBeGreaterThan(1000);
    expect(host.states.at(-1)).toBe('training');
    await host.send({ type: 'pause', runId: 'run' });
  });

  it('frees what it needs, also where it is cancelled or fails', async () => {
    const host = newHost();
    await host.create();
    await host.steps(2);
    await host.taken(ONNX);
    const { numTensors } = tf.memory();
    await host.taken(TABLE);
    host.onEvent = ({ type }) => {
      if (type === 'progress') void host.send({ type: 'cancelTakeAlong' });
    };
    expect(await host.take(PROJECT)).toMatchObject({ error: { code: 'cancelled' } });
    host.onEvent = () => undefined;
    const full = vi.spyOn(globalThis, 'Blob').mockImplementation(() => {
      throw new RangeError('Array buffer allocation failed');
    });
    expect(await host.take(TABLE)).toMatchObject({
      error: { code: 'out-of-memory', message: expect.stringContaining('The run is as it was') },
    });
    full.mockRestore();
    expect(tf.memory().numTensors).toBe(numTensors);
    await host.trainToEnd();
  });

  it('says in words why there is no file', async () => {
    const host = newHost();
    expect(await host.take(ONNX, null)).toMatchObject({
      error: { code: 'stale-run', message: 'There is no run to take along: train one first.' },
    });
    const opened = { kind: 'embeddings', format: 'parquet', by: 'opened' } as const;
    expect(await host.take(opened, null)).toMatchObject({
      error: { message: expect.stringContaining('open its file') },
    });
    expect(await host.take(ONNX, 'other')).toMatchObject({ error: { code: 'stale-run' } });
    // Each update more than doubles every weight, until float32 overflows.
    const poison = { baseLearningRate: 100, weightDecay: 1, momentum: 0, headBatchNorm: 'none' } as const;
    await host.create({ ...CONFIG, totalSteps: 200, ...poison });
    await host.send({ type: 'train', runId: 'run' });
    await expect.poll(() => host.states.at(-1)).toBe('diverged');
    expect(await host.take(ONNX)).toMatchObject({
      error: { code: 'no-checkpoint', message: expect.stringContaining('has diverged') },
    });
  });

  it('ends with its run', async () => {
    const host = newHost();
    await host.create();
    let ended: Promise<Answer> | null = null;
    host.onEvent = ({ type }) => {
      if (type === 'progress') ended ??= host.send({ type: 'setDataset', dataset: syntheticDataset(COUNT, 32, 2) });
    };
    expect(await host.take(PROJECT)).toMatchObject({
      error: { code: 'stale-run', message: expect.stringContaining('were replaced meanwhile') },
    });
    expect(await ended).toMatchObject({ type: 'reply' });
  });
});
