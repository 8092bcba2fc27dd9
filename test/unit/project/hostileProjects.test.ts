import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { type Zippable, zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeSealed } from '../../../src/engine/run/checkpoint/sealedFile';
import { encodePng } from '../../../src/formats/image/encodePng';
import { readSafetensors, type StoredTensor, storedTensor, writeSafetensors } from '../../../src/formats/safetensors';
import { crc32 } from '../../../src/formats/zip/crc32';
import { CheckpointDatabase } from '../../../src/storage/checkpointDatabase';
import { smallRun } from '../../setup/checkpoints';
import { OpeningHost, unzipped } from '../../setup/openedFiles';
import { syntheticDataset } from '../../setup/syntheticDataset';

type Bytes = Uint8Array<ArrayBuffer>;
type Files = Readonly<Record<string, Uint8Array>>;

/** A project file that is wrong in some way: made from the files of a good one. */
interface Case {
  readonly name: string;
  readonly make: (files: Files, good: Bytes) => Bytes | Blob;
  /** Parts of the sentence. */
  readonly says: readonly (string | RegExp)[];
  readonly file?: string;
}

const CONFIG = smallRun({ totalSteps: 8 });
const FACTS = {
  name: null,
  created: 1_700_000_000_000,
  dataset: { name: 'synthetic', count: 40, sample: null, fingerprint: '1' },
  evaluation: null,
} as const;
/** Milliseconds within which every file is refused, on a busy machine. */
const QUICKLY = 10_000;

const text = (content: string): Bytes => new Uint8Array(Buffer.from(content));
const latin = (content: string): Bytes => new Uint8Array(Buffer.from(content, 'latin1'));
const joined = (...parts: readonly Uint8Array[]): Bytes => new Uint8Array(Buffer.concat(parts));
const stored = (files: Files): Bytes => new Uint8Array(zipSync(files as Zippable, { level: 0 }));
const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const indexOf = (bytes: Uint8Array, needle: string, from = 0) => Buffer.from(bytes).indexOf(needle, from, 'latin1');

/** The good project with other content of some files; null leaves a file out. */
function having(files: Files, other: Readonly<Record<string, Uint8Array | null>>): Bytes {
  const all = Object.entries({ ...files, ...other });
  return stored(Object.fromEntries(all.filter((entry): entry is [string, Uint8Array] => entry[1] !== null)));
}

/** A copy with some bytes written over. */
function patched(bytes: Uint8Array, at: number, ...values: readonly number[]): Bytes {
  const copy = new Uint8Array(bytes);
  copy.set(values, at);
  return copy;
}

type Json = Record<string, unknown>;
const project = (change: (json: Json) => unknown) => (files: Files) =>
  having(files, { 'project.json': text(JSON.stringify(change(JSON.parse(textOf(files['project.json']))))) });

type Change = (tensors: Map<string, StoredTensor>, metadata: Map<string, string>) => void;
const KERNEL = 'parameters/encoder.stem.conv.kernel';

/** A checkpoint with other content and a checksum that fits it. */
function resealed(files: Files, change: Change): Bytes {
  const { tensors, metadata } = readSafetensors(files['checkpoint.safetensors']!);
  const [all, more] = [new Map(tensors), new Map(metadata)];
  more.delete('checksum');
  change(all, more);
  return writeSealed({ tensors: all, metadata: more });
}
const checkpoint = (change: Change) => (files: Files) =>
  having(files, { 'checkpoint.safetensors': resealed(files, change) });
const run = (change: (json: Json) => unknown) =>
  checkpoint((_, metadata) => metadata.set('run', JSON.stringify(change(JSON.parse(metadata.get('run')!)))));
const zeros = (shape: readonly number[]) =>
  storedTensor('F32', shape, new Float32Array(shape.reduce((all, side) => all * side, 1)));

const index = (change: (text: string) => string) => (files: Files) =>
  having(files, { 'images/index.csv': text(change(textOf(files['images/index.csv']))) });

/** The record of a file in the directory of an archive. */
const recordOf = (zip: Uint8Array, path: string) => indexOf(zip, path, Buffer.from(zip).indexOf('PK\x01\x02')) - 46;

/** Another value of 16 or 32 bits in the directory record of the checkpoint. */
const record =
  (offset: number, ...values: readonly number[]) =>
  (_: Files, good: Bytes) =>
    patched(good, recordOf(good, 'checkpoint.safetensors') + offset, ...values);

/** A safetensors file with a header of this text, or one that declares another length. */
function headed(header: string, data = new Uint8Array(0), length = BigInt(header.length)): Bytes {
  const out = joined(new Uint8Array(8), text(header), data);
  new DataView(out.buffer).setBigUint64(0, length, true);
  return out;
}

const model = (shapes: Readonly<Record<string, readonly number[]>>): Bytes =>
  writeSafetensors({
    tensors: new Map(Object.entries(shapes).map(([name, shape]) => [name, zeros(shape)])),
    metadata: new Map([['format', 'pt']]),
  });

/** An archive whose directory lists this many empty files beside project.json. */
function crowded(count: number): Bytes {
  const name = (i: number) => (i === 0 ? 'project.json' : `f${i}`.padEnd(12, '_'));
  const local = Buffer.alloc(42);
  local.writeUInt32LE(0x04034b50);
  local.writeUInt16LE(12, 26);
  local.write(name(0), 30);
  const directory = Buffer.alloc(count * 58);
  for (let i = 0; i < count; i++) {
    directory.writeUInt32LE(0x02014b50, i * 58);
    directory.writeUInt16LE(12, i * 58 + 28);
    directory.write(name(i), i * 58 + 46, 'latin1');
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(count % 65_536, 8);
  end.writeUInt16LE(count % 65_536, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return joined(local, directory, end);
}

/** A PNG that claims another size. */
function claiming(png: Uint8Array, side: number): Bytes {
  const copy = new Uint8Array(png);
  const view = new DataView(copy.buffer);
  view.setUint32(16, side);
  view.setUint32(20, side);
  view.setUint32(29, crc32(copy.subarray(12, 29)));
  return copy;
}

const FIRST = 'images/000000.png';
const WRONG_RUN = 'its checkpoint.safetensors is not that of its project.json';
const cut = (name: string, at: (good: Bytes) => number): Case => ({
  name: `cut ${name}`,
  make: (_, good) => good.slice(0, at(good)),
  says: [/empty|cut short|not a whole|not a safetensors|damaged/],
});

const CASES: readonly Case[] = [
  { name: 'empty', make: () => new Uint8Array(0), says: ['is empty (0 bytes)'] },
  cut('in its first signature', () => 3),
  cut('in its first header', () => 20),
  cut('in project.json', () => 200),
  cut('before the checkpoint', (good) => indexOf(good, 'checkpoint.safetensors') - 30),
  cut('by half', (good) => good.length / 2),
  cut('before its directory', (good) => Buffer.from(good).indexOf('PK\x01\x02')),
  cut('in its directory', (good) => Buffer.from(good).indexOf('PK\x01\x02') + 100),
  cut('before its end', (good) => good.length - 22),
  cut('in its end', (good) => good.length - 1),
  {
    name: 'with a wrong checksum of the archive',
    make: record(16, 1, 2, 3, 4),
    says: ['checkpoint.safetensors is damaged in the archive'],
  },
  {
    name: 'with a flipped bit in the checkpoint',
    make: (_, good) => patched(good, indexOf(good, 'checkpoint.safetensors') + 5000, 99),
    says: ['checkpoint.safetensors is damaged in the archive'],
  },
  {
    name: 'with a size that lies',
    make: record(24, 0xff, 0xff, 0, 0),
    says: ['checkpoint.safetensors', /is damaged in the archive|bombs/],
  },
  {
    name: 'with a size of 4 GB that lies',
    make: record(20, 0xf0, 0xff, 0xff, 0xff, 0xf0, 0xff, 0xff, 0xff),
    says: ['would unpack to 4.3 GB', 'as zip bombs do'],
  },
  { name: 'encrypted', make: record(8, 1), says: ['checkpoint.safetensors', 'is encrypted'] },
  { name: 'packed by LZMA', make: record(10, 14), says: ['checkpoint.safetensors', 'method that cannot be read'] },
  {
    name: 'a bomb that says so',
    make: (files) =>
      new Uint8Array(zipSync({ ...files, 'project.json': [new Uint8Array(64 * 2 ** 20), { level: 9 }] } as Zippable)),
    says: ['project.json', 'as zip bombs do'],
  },
  {
    name: 'a bomb that says something else',
    make: () => {
      const bomb = zipSync({ 'project.json': [new Uint8Array(64 * 2 ** 20), { level: 9 }] } as Zippable);
      return patched(bomb, Buffer.from(bomb).indexOf('PK\x01\x02') + 24, 0, 1, 0, 0);
    },
    says: ['project.json', 'unpacks to more than the archive says'],
  },
  {
    name: 'a bomb within it',
    make: (files) =>
      having(files, { 'checkpoint.safetensors': zipSync({ a: [new Uint8Array(2 ** 24), { level: 9 }] } as Zippable) }),
    says: ['checkpoint.safetensors', 'is not a safetensors file'],
  },
  ...(['../evil.txt', '/etc/passwd', '..\\..\\evil.txt', 'C:\\evil.txt', 'images/../../evil.png'] as const).map(
    (path): Case => ({
      name: `with the path ${path}`,
      make: (files) => having(files, { [path]: text('evil') }),
      says: [/leads out of the archive|absolute path/, path.replaceAll('\\', '/')],
    }),
  ),
  {
    name: 'with a name that occurs twice',
    make: (files) => {
      const zip = having(files, { 'checkpoint.safetensorz': text('other') });
      return latin(Buffer.from(zip).toString('latin1').replaceAll('checkpoint.safetensorz', 'checkpoint.safetensors'));
    },
    says: ['checkpoint.safetensors', 'more than once'],
  },
  {
    name: 'of several projects',
    make: (files) => stored({ 'a/project.json': files['project.json']!, 'b/project.json': files['project.json']! }),
    says: ['several folders with a project.json'],
  },
  { name: 'with a million files', make: () => crowded(1_000_000), says: ['lists 1,000,000 files'] },
  {
    name: 'with a comment that imitates a directory',
    make: (_, good) => {
      const comment = Buffer.from('PK\x05\x06'.repeat(15_000), 'latin1');
      const zip = joined(good, comment);
      new DataView(zip.buffer).setUint16(good.length - 2, comment.length, true);
      return zip.slice(0, -1);
    },
    says: [/damaged|not a whole/],
  },
  {
    name: 'without a checkpoint',
    make: (files) => having(files, { 'checkpoint.safetensors': null }),
    says: ['its checkpoint.safetensors is missing'],
  },
  {
    name: 'with a project.json that is no JSON',
    make: (files) => having(files, { 'project.json': text('{"format":') }),
    says: ['project.json is not readable'],
  },
  {
    name: 'with a project.json of something else',
    make: (files) => having(files, { 'project.json': text('{"format":"CVAT","version":1}') }),
    says: ['is no project of SimSiam Lab'],
  },
  {
    name: 'with a project.json of 100 MB',
    make: (files) => having(files, { 'project.json': new Uint8Array(100_000_000).fill(91) }),
    says: ['project.json', 'at most'],
  },
  {
    name: 'with a project.json nested a million deep',
    make: (files) => having(files, { 'project.json': new Uint8Array(2_000_000).fill(91) }),
    says: ['project.json is not readable'],
  },
  { name: 'with wrong types', make: project((json) => ({ ...json, step: 'four' })), says: ['project.json', 'damaged'] },
  { name: 'of a later format', make: project((json) => ({ ...json, version: 99 })), says: ['later version', '99'] },
  {
    name: 'of later defaults',
    make: project((json) => ({ ...json, defaults: 99 })),
    says: ['later version of SimSiam Lab', '99'],
  },
  {
    name: 'with settings behind __proto__',
    make: (files) => {
      const json = textOf(files['project.json']).replace('"config":', '"__proto__":');
      return having(files, { 'project.json': text(json) });
    },
    says: ['settings of its run in project.json'],
  },
  {
    name: 'of another step',
    make: project((json) => ({ ...json, step: 5 })),
    says: [WRONG_RUN, 'the step is 4 in place of 5'],
  },
  {
    name: 'of other settings',
    make: project((json) => ({ ...json, config: { ...(json['config'] as Json), batchSize: 10 } })),
    says: [WRONG_RUN, 'the setting batchSize is 8 in place of 10'],
  },
  {
    name: 'of other changes',
    make: project((json) => ({ ...json, changes: [[2, 'stopGradient', false]] })),
    says: [WRONG_RUN, 'changes in flight'],
  },
  {
    name: 'of other images',
    make: project((json) => ({ ...json, dataset: { ...(json['dataset'] as Json), fingerprint: 'x' } })),
    says: [WRONG_RUN, 'the fingerprint of the images'],
  },
  {
    name: 'with a NaN among its weights',
    make: checkpoint((tensors) => {
      const { shape, bytes } = tensors.get(KERNEL)!;
      const values = new Float32Array(new Uint8Array(bytes).buffer);
      values[3] = Number.NaN;
      tensors.set(KERNEL, storedTensor('F32', shape, values));
    }),
    says: [KERNEL, 'not a finite number'],
  },
  {
    name: 'with wrong shapes',
    make: checkpoint((tensors) => {
      tensors.set(KERNEL, zeros([3, 3, 3, 99]));
      tensors.set('parameters/projector.fc1.kernel', zeros([7, 7]));
    }),
    says: [
      /does not fit the settings/,
      new RegExp(`${KERNEL}: expected \\[3, 3, 3, \\d+\\], found \\[3, 3, 3, 99\\]`),
      'found [7, 7]',
    ],
  },
  {
    name: 'with missing tensors',
    make: checkpoint((tensors) => void tensors.delete(KERNEL)),
    says: [`${KERNEL}: expected`, 'it is missing'],
  },
  {
    name: 'with tensors too many',
    make: checkpoint((tensors) => void tensors.set('parameters/evil', zeros([2]))),
    says: ['parameters/evil: not expected, found [2]'],
  },
  {
    name: 'with the momentum of nothing',
    make: checkpoint((tensors) => void tensors.set('momentum/evil', zeros([2]))),
    says: ['momentum/evil: not expected'],
  },
  {
    name: 'with a checkpoint of a later version',
    make: checkpoint((_, metadata) => void metadata.set('version', '99')),
    says: ['checkpoint.safetensors is of a later version'],
  },
  {
    name: 'with settings that ask for gigabytes',
    make: run((json) => ({ ...json, config: { ...(json['config'] as Json), projectorHidden: 4096, outputDim: 4096 } })),
    says: [WRONG_RUN, 'projectorHidden'],
  },
  {
    name: 'with a path outside in its index',
    make: index((csv) => csv.replace('000003.png', '../../../evil.png')),
    says: ['index.csv', 'row 5', 'outside of images/'],
  },
  {
    name: 'with an image that is missing',
    make: (files) => having(files, { 'images/000007.png': null }),
    says: ['the image images/000007.png is missing'],
  },
  {
    name: 'with an index that is missing',
    make: (files) => having(files, { 'images/index.csv': null }),
    says: ['its images/index.csv is missing'],
  },
  {
    name: 'with another number of images',
    make: index((csv) => csv.split('\r\n').slice(0, 21).join('\r\n')),
    says: ['there are 20 images in place of 40'],
  },
  {
    name: 'with an unknown split',
    make: index((csv) => csv.replace(',train,', ',validation,')),
    says: ['index.csv', 'validation'],
  },
  {
    name: 'with other splits',
    make: index((csv) => csv.replace(',test,', ',train,')),
    says: ['training and for testing'],
  },
  { name: 'with an unknown class', make: index((csv) => csv.replace(',disc,', ',evil,')), says: ['class “evil”'] },
  { name: 'with other classes', make: index((csv) => csv.replace(',disc,', ',square,')), says: ['other classes'] },
  { name: 'with a quote that is not closed', make: index((csv) => `${csv}"evil`), says: ['index.csv', 'quote'] },
  { name: 'with other columns', make: index((csv) => csv.replace('split', 'part')), says: ['index.csv', 'columns'] },
  { name: 'with a size of -1', make: index((csv) => csv.replace(',32,32', ',-1,32')), says: ['index.csv', 'row 2'] },
  {
    name: 'with a huge PNG',
    make: (files) => having(files, { [FIRST]: claiming(files[FIRST]!, 65_535) }),
    says: [FIRST, 'megapixels'],
  },
  {
    name: 'with a PNG of another size',
    make: (files) => having(files, { [FIRST]: encodePng(new Uint8Array(4 * 8 * 8).fill(255), 8, 8) }),
    says: [FIRST, '8 x 8 pixels in place of 32 x 32'],
  },
  {
    name: 'with an image that is none',
    make: (files) => having(files, { [FIRST]: text('<html>not found</html>') }),
    says: [FIRST],
  },
  {
    name: 'torchvision’s ResNet-50',
    file: 'resnet50.safetensors',
    make: () =>
      model({ 'conv1.weight': [64, 3, 7, 7], 'layer1.0.conv3.weight': [256, 64, 1, 1], 'fc.weight': [1000, 8] }),
    says: ['does not fit the network', 'conv1.weight'],
  },
  {
    name: 'a BERT',
    file: 'model.safetensors',
    make: () => model({ 'bert.embeddings.word_embeddings.weight': [300, 8], 'bert.pooler.dense.bias': [8] }),
    says: ['does not fit the network', 'bert.pooler.dense.bias: not expected'],
  },
  {
    name: 'a pickle by another name',
    file: 'model.safetensors',
    make: () => latin('\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}q\x00.'),
    says: ['is a pickle'],
  },
  {
    name: 'an ONNX model',
    file: 'model.onnx',
    make: () => latin('\x08\x08\x12\x07pytorch:'),
    says: ['is an ONNX model'],
  },
  {
    name: 'a model of PyTorch',
    file: 'model.pt',
    make: () => stored({ 'archive/data.pkl': text('x'), 'archive/version': text('3') }),
    says: ['PyTorch', 'save its weights as safetensors'],
  },
  {
    name: 'a header that declares 2 GB',
    file: 'x.safetensors',
    make: () => headed('{}', new Uint8Array(0), 2n ** 31n),
    says: [/header would be longer than 100 MB/],
  },
  {
    name: 'a header of 50 MB',
    file: 'x.safetensors',
    make: () => headed(`{"a":"${'x'.repeat(50_000_000)}"}`),
    says: ['its header has 50 MB'],
  },
  {
    name: 'a checkpoint of an unknown sample',
    file: 'checkpoint.safetensors',
    make: (files) =>
      resealed(files, (_, metadata) => {
        const json = JSON.parse(metadata.get('run')!);
        const dataset = { ...json.dataset, sample: 'imagenet', fingerprint: null };
        metadata.set('run', JSON.stringify({ ...json, dataset }));
      }),
    says: ['the sample “imagenet”'],
  },
  {
    name: 'a checkpoint that asks for gigabytes',
    file: 'checkpoint.safetensors',
    make: (files) =>
      resealed(files, (_, metadata) => {
        const json = JSON.parse(metadata.get('run')!);
        const config = { ...json.config, projectorHidden: 4096, outputDim: 4096 };
        metadata.set('run', JSON.stringify({ ...json, config }));
      }),
    says: ['does not fit the settings', 'expected [4096]'],
  },
  {
    name: 'a folder',
    make: () => {
      const unreadable = () => Promise.reject(new DOMException('a directory', 'NotReadableError'));
      return Object.assign(new Blob(['x']), { slice: () => ({ arrayBuffer: unreadable }) }) as unknown as Blob;
    },
    says: ['could not be read: it may be a folder'],
  },
];

describe('files that are not as they should be', () => {
  let host: OpeningHost;
  let good: Bytes;
  let files: Files;

  beforeAll(async () => {
    globalThis.indexedDB = new IDBFactory();
    host = new OpeningHost();
    await host.create(syntheticDataset(40), CONFIG, FACTS, 4);
    const what = { kind: 'project', withImages: true, facts: FACTS } as const;
    const { file } = await host.done<'takeAlong'>({ type: 'takeAlong', runId: 'run', what });
    files = await unzipped(file);
    good = stored(files);
    await host.done({ type: 'keep', runId: 'run' });
  });

  it('the file that they are made from is opened', async () => {
    expect(await host.open(good, 'good.zip', 'good')).toMatchObject({ kind: 'run', hasImages: true });
    await new CheckpointDatabase().remove('good');
  });

  it.each(CASES)('$name', async ({ make, says, file = 'run.zip' }) => {
    const before = await new CheckpointDatabase().pointers();
    const bytes = make(files, good);
    const events = host.events.length;
    const started = performance.now();
    const answer = await host.open(bytes, file);
    const took = performance.now() - started;
    expect(answer).toMatchObject({ error: { code: 'unusable-file', recoverable: true } });
    const { message } = (answer as { error: { message: string } }).error;
    expect(message).toMatch(new RegExp(`^“${file.replace('.', '\\.')}” `));
    expect(message).toMatch(/Nothing on the page was replaced\.$/);
    expect(message.length).toBeLessThan(2000);
    for (const part of says)
      expect(message)[typeof part === 'string' ? 'toContain' : 'toMatch'](part as string & RegExp);
    expect(took).toBeLessThan(QUICKLY);
    expect(await new CheckpointDatabase().pointers()).toEqual(before);
    expect(host.events.slice(events).filter(({ type }) => type === 'signal' || type === 'error')).toEqual([]);
  });

  it('the run on the page goes on after all of them', async () => {
    await host.steps('run', 1);
    expect(host.losses('run').size).toBe(5);
  });
});
