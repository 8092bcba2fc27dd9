import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { embedTo } from '../../../scripts/export/embedTo';
import { writeSealed } from '../../../src/engine/run/checkpoint/sealedFile';
import { writeEncoder } from '../../../src/engine/run/export/encoderFile';
import { onnxEncoder } from '../../../src/engine/run/export/onnxEncoder';
import { readSafetensors, type StoredTensor, storedTensor, writeSafetensors } from '../../../src/formats/safetensors';
import { drawnEncoder } from '../../setup/encoders';

const FILE = writeEncoder(drawnEncoder());
const KERNEL = 'conv1.weight';

const text = (content: string) => new Uint8Array(Buffer.from(content, 'latin1'));

function headerOf(file: Uint8Array): { readonly end: number; readonly header: string } {
  const end = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return { end, header: Buffer.from(file.subarray(8, end)).toString() };
}

/** A file with this header, and behind it these bytes. */
function withHeader(header: string | Uint8Array, data: Uint8Array = new Uint8Array(0), length?: bigint): Uint8Array {
  const bytes = Buffer.from(header);
  const out = Buffer.concat([Buffer.alloc(8), bytes, data]);
  out.writeBigUInt64LE(length ?? BigInt(bytes.length));
  return new Uint8Array(out);
}

/** Our file with another header. */
function headed(change: (header: string) => string): Uint8Array {
  const { end, header } = headerOf(FILE);
  return withHeader(change(header), FILE.subarray(end));
}

type Change = (tensors: Map<string, StoredTensor>, metadata: Map<string, string>) => void;

/** Our file with other content and a checksum that fits it. */
function resealed(change: Change): Uint8Array {
  const { tensors, metadata } = readSafetensors(FILE);
  const [changedTensors, changedMetadata] = [new Map(tensors), new Map(metadata)];
  changedMetadata.delete('checksum');
  change(changedTensors, changedMetadata);
  return writeSealed({ tensors: changedTensors, metadata: changedMetadata });
}

const withValue = (name: string, value: number) =>
  resealed((tensors) => {
    const { shape, bytes } = tensors.get(name)!;
    const values = new Float32Array(new Uint8Array(bytes).buffer);
    values[3] = value;
    tensors.set(name, storedTensor('F32', shape, values));
  });

const withSettings = (change: (settings: Record<string, unknown>) => object) =>
  resealed((_, metadata) => {
    metadata.set('simsiam-lab', JSON.stringify(change(JSON.parse(metadata.get('simsiam-lab')!))));
  });

/** A file of other people, with zeros. */
function model(shapes: Readonly<Record<string, readonly number[]>>): Uint8Array {
  const tensors = Object.entries(shapes).map(([name, shape]): [string, StoredTensor] => {
    const count = shape.reduce((product, length) => product * length, 1);
    return [name, storedTensor('F32', shape, new Float32Array(count))];
  });
  return writeSafetensors({ tensors: new Map(tensors), metadata: new Map([['format', 'pt']]) });
}

function flipped(at: number): Uint8Array {
  const copy = FILE.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

const CUT = 'is cut short: the end of the file is missing';
const { end: DATA } = headerOf(FILE);
const entry = (shape: string, offsets: string, dtype = 'F32') =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
const HUGE = Array.from({ length: 100_000 }, (_, i) => `"t${i}":${entry('[0]', '[0,0]')}`).join(',');

type Case = readonly [what: string, file: Uint8Array, sentence: string];

const CUTS: readonly Case[] = [
  ['nothing', new Uint8Array(0), 'is empty (0 bytes)'],
  ['half the length of the header', FILE.slice(0, 5), CUT],
  ['the length of the header alone', FILE.slice(0, 8), CUT],
  ['the first byte of the header', FILE.slice(0, 9), CUT],
  ['half a header', FILE.slice(0, DATA >> 1), CUT],
  ['the header alone', FILE.slice(0, DATA), CUT],
  ['a part of the first tensor', FILE.slice(0, DATA + 10), CUT],
  ['half a file', FILE.slice(0, FILE.length >> 1), CUT],
  ['all but the last byte', FILE.slice(0, -1), CUT],
  ['a byte too many', new Uint8Array([...FILE, 0]), 'there are 1 bytes after its last tensor'],
];

const HEADERS: readonly Case[] = [
  ['a header of a terabyte', withHeader('{}', undefined, 2n ** 40n), 'longer than 100 MB'],
  ['a header of 2^63 bytes', withHeader('{}', undefined, 2n ** 63n), 'longer than 100 MB'],
  ['a header longer than the file', withHeader('{}', undefined, 10_000_000n), CUT],
  [
    'a header of 100,000 tensors',
    withHeader(`{${HUGE}}`),
    'its header has 5.8 MB, and such a file has less than 2.0 MB',
  ],
  ['a deeply nested header', withHeader(`{"a":${'['.repeat(1_000_000)}`), 'its header is not readable'],
  ['a header of 20,000 tensors', withHeader(`{${HUGE.slice(0, HUGE.indexOf(',"t20000"'))}}`), 'and 19995 more'],
  ['a header that is no JSON', withHeader('{"a":'), 'its header is not readable'],
  ['a header that is a list', withHeader('[]'), 'is not a safetensors file'],
  ['a header that is no text', withHeader(Uint8Array.of(123, 255, 254, 125)), 'its header is not readable'],
  ['a name twice', headed((header) => header.replace('bn1.weight', 'bn1.bias')), '“bn1.bias” occurs twice'],
  ['an unknown type', headed((header) => header.replace('"F32"', '"F31"')), 'the unknown type F31'],
  ['a negative length', headed((header) => header.replace('"shape":[8', '"shape":[-8')), 'no valid shape'],
  ['a broken length', headed((header) => header.replace('"shape":[8', '"shape":[8.5')), 'no valid shape'],
  ['a shape beyond all memory', withHeader(`{"a":${entry('[4503599627370496,4096]', '[0,4]')}}`), 'of shape'],
  ['a place that ends before it begins', withHeader(`{"a":${entry('[1]', '[4,0]')}}`), 'no valid place'],
  ['a place beyond the file', withHeader(`{"a":${entry('[2]', '[0,8]')}}`, new Uint8Array(4)), CUT],
  [
    'two tensors in one place',
    withHeader(`{"a":${entry('[1]', '[0,4]')},"b":${entry('[1]', '[0,4]')}}`, new Uint8Array(4)),
    'the tensor “b” overlaps the one before it',
  ],
  ['a gap', withHeader(`{"a":${entry('[1]', '[4,8]')}}`, new Uint8Array(8)), 'there is a gap before the tensor “a”'],
  ['a tensor named __proto__', withHeader(`{"__proto__":${entry('[1]', '[0,4]')}}`, new Uint8Array(4)), '__proto__'],
  ['metadata that is no text', withHeader('{"__metadata__":{"a":1}}'), 'its metadata is not text'],
];

const CONTENT: readonly Case[] = [
  ['a flipped bit', flipped(FILE.length - 9), 'its checksum does not fit its content'],
  ['a NaN', withValue(KERNEL, Number.NaN), `“${KERNEL}” holds a value that is not a finite number`],
  ['an infinite mean', withValue('bn1.running_mean', Number.POSITIVE_INFINITY), 'not a finite number'],
  ['a negative variance', withValue('bn1.running_var', -1), 'the variances “bn1.running_var” are negative'],
  [
    'a kernel in TensorFlow’s layout',
    resealed((tensors) => tensors.set(KERNEL, { ...tensors.get(KERNEL)!, shape: [3, 3, 3, 8] })),
    `${KERNEL}: expected [8, 3, 3, 3], found [3, 3, 3, 8]`,
  ],
  ['a tensor missing', resealed((tensors) => tensors.delete('bn1.bias')), 'bn1.bias: expected [8], and it is missing'],
  [
    'a tensor too many',
    resealed((tensors) => tensors.set('other', storedTensor('F32', [1], new Float32Array(1)))),
    'other: not expected, found [1]',
  ],
  [
    'whole numbers',
    resealed((tensors) => tensors.set('bn1.bias', { dtype: 'I32', shape: [8], bytes: new Uint8Array(32) })),
    'has the tensor “bn1.bias” as I32: save its weights as floating-point numbers',
  ],
  ['no tensors', writeSafetensors({ tensors: new Map(), metadata: new Map() }), 'holds no tensors'],
  ['unreadable settings', resealed((_, metadata) => metadata.set('simsiam-lab', '{')), 'are not readable'],
  ['settings of a later version', withSettings((all) => ({ ...all, version: 2 })), 'update to use it'],
  ['a mean that is no number', withSettings((all) => ({ ...all, mean: ['a', 0, 0] })), 'are not readable'],
  ['a deviation of 0', withSettings((all) => ({ ...all, std: [1, 0, 1] })), 'are not readable'],
  [
    'an unknown backbone',
    withSettings((all) => ({ ...all, config: { ...(all.config as object), backbone: 'vgg' } })),
    'are not readable',
  ],
  [
    'another backbone',
    withSettings((all) => ({ ...all, config: { ...(all.config as object), backbone: 'small' } })),
    'does not fit the network “small ResNet”',
  ],
];

const OTHERS: readonly Case[] = [
  [
    'a ResNet of ImageNet',
    model({ 'conv1.weight': [64, 3, 7, 7], 'bn1.weight': [64], 'layer1.0.conv1.weight': [64, 64, 1, 1] }),
    'does not fit the network “ResNet-50”:\n',
  ],
  [
    'a vision transformer',
    model({ cls_token: [1, 1, 192], 'blocks.0.attn.qkv.weight': [576, 192] }),
    'cls_token: not expected',
  ],
  ['a language model', model({ 'model.embed_tokens.weight': [32, 16] }), 'model.embed_tokens.weight: not expected'],
  [
    'a damaged checkpoint',
    writeSealed({ tensors: new Map(), metadata: new Map([['format', 'SimSiam Lab checkpoint']]) }),
    'is damaged: it has the unknown format',
  ],
  ['a .pth file', zipSync({ 'archive/data.pkl': text('\x80\x02') }), 'as PyTorch'],
  ['a .pth file that is cut short', zipSync({ 'archive/data.pkl': text('\x80\x02') }).subarray(0, 40), 'zip archive'],
  ['an older .pth file', text('\x80\x02\x8a\x0al\xfc'), 'is a pickle'],
  ['Keras weights', text('\x89HDF\r\n\x1a\n'), 'is an HDF5 file'],
  ['a GGUF file', text('GGUF\x03\0\0\0'), 'is a GGUF file'],
  ['an array of NumPy', text('\x93NUMPY\x01\0'), 'is an array of NumPy'],
  ['our ONNX file', onnxEncoder(drawnEncoder()), 'is an ONNX model: name the encoder.safetensors beside it'],
  ['a gzip file', text('\x1f\x8b\x08\0\0\0'), 'is compressed (gzip)'],
  ['a Git LFS pointer', text('version https://git-lfs.github.com/spec/v1\noid'), 'is a Git LFS pointer'],
  ['a web page', text('<!doctype html><title>404</title>'), 'is a web page'],
  ['a config.json', text('{"model_type":"resnet"}'), 'is JSON'],
  ['a PNG', text('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), 'is not a safetensors file'],
];

describe('npm run embed with weights that cannot be used', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weights-'));
  const weights = join(folder, 'weights.safetensors');
  const outs = join(folder, 'outs');
  mkdirSync(outs);
  afterAll(() => rmSync(folder, { recursive: true }));

  const refused = async (path: string, sentence: string) => {
    const embedding = embedTo({ location: 'fashion-mnist', weights: path, out: join(outs, 'features.npy') });
    await expect(embedding).rejects.toThrow(sentence);
    await expect(embedding).rejects.toThrow(path);
    expect(readdirSync(outs)).toEqual([]);
  };

  // The title must not get the bytes of the files, which takes long.
  const cases = new Map([...CUTS, ...HEADERS, ...CONTENT, ...OTHERS].map((one) => [one[0], one]));
  it.each([...cases.keys()])('names %s, and writes nothing', async (what) => {
    const [, file, sentence] = cases.get(what)!;
    writeFileSync(weights, file);
    await refused(weights, sentence);
  });

  it('names a file that is not there, and a folder without weights', async () => {
    await refused(join(folder, 'nowhere.safetensors'), 'no such file');
    await refused(outs, 'holds no encoder.safetensors');
  });
});
