import { describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { resumeRun } from '../../src/engine/run/checkpoint/resumeRun';
import { writeSealed } from '../../src/engine/run/checkpoint/sealedFile';
import { readSafetensors, type StoredTensor, storedTensor } from '../../src/formats/safetensors';
import { smallRun } from '../setup/checkpoints';
import { describeOnEngines, startTestEngine } from '../setup/engine';
import { interrupted } from '../setup/resumedRuns';
import { syntheticDataset } from '../setup/syntheticDataset';

const KERNEL = 'parameters/encoder.stem.conv.kernel';
const VARIANCE = 'encoder.stem.bn.moving_variance';

/** The length of a file's header, and its text. */
function headerOf(file: Uint8Array): { readonly end: number; readonly text: string } {
  const end = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return { end, text: Buffer.from(file.subarray(8, end)).toString() };
}

/** The file with one bit of a byte flipped. */
function flipped(file: Uint8Array, at: number, bit = 0): Uint8Array {
  const copy = file.slice();
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

/** The file with another header, of any length. */
function headed(file: Uint8Array, change: (text: string) => string): Uint8Array {
  const { end, text } = headerOf(file);
  const header = Buffer.from(change(text));
  const out = Buffer.concat([Buffer.alloc(8), header, file.subarray(end)]);
  out.writeBigUInt64LE(BigInt(header.length));
  return new Uint8Array(out);
}

/** The file with other content and a checksum that fits it. */
function resealed(
  file: Uint8Array,
  change: (tensors: Map<string, StoredTensor>, metadata: Map<string, string>) => void,
): Uint8Array {
  const { tensors, metadata } = readSafetensors(file);
  const [changedTensors, changedMetadata] = [new Map(tensors), new Map(metadata)];
  changedMetadata.delete('checksum');
  change(changedTensors, changedMetadata);
  return writeSealed({ tensors: changedTensors, metadata: changedMetadata });
}

const withRun = (file: Uint8Array, change: (run: Record<string, never>) => object) =>
  resealed(file, (_, metadata) => {
    metadata.set('run', JSON.stringify(change(JSON.parse(metadata.get('run')!))));
  });

const withTensor = (file: Uint8Array, name: string, change: (tensor: StoredTensor) => StoredTensor | null) =>
  resealed(file, (tensors) => {
    const changed = change(tensors.get(name)!);
    if (changed === null) tensors.delete(name);
    else tensors.set(name, changed);
  });

const floats = ({ shape, bytes }: StoredTensor, change: (values: Float32Array) => void): StoredTensor => {
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  change(values);
  return storedTensor('F32', shape, values);
};

/** The file with a normalisation, and another tensor of what its images are measured with. */
const measuredWith = (file: Uint8Array, name: string, tensor: StoredTensor) =>
  resealed(file, (tensors) => {
    tensors.set('normalisation', storedTensor('F64', [2, 3], new Float64Array(6).fill(0.5)));
    tensors.set(name, tensor);
  });

const CUT = 'is cut short: the end of the file is missing';
const CHECKSUM = 'is damaged: its checksum does not fit its content';
const UNREADABLE = 'is damaged: the settings and the state of its run are not readable';

type Case = readonly [name: string, damage: (file: Uint8Array) => Uint8Array, sentence: string | RegExp];

const at = (file: Uint8Array, text: string) => Buffer.from(file).indexOf(text);

const CUTS: readonly Case[] = [
  ['with nothing in it', (file) => file.slice(0, 0), 'is empty (0 bytes)'],
  ['cut in the length of its header', (file) => file.slice(0, 5), CUT],
  ['cut before its header', (file) => file.slice(0, 8), CUT],
  ['cut after the first byte of its header', (file) => file.slice(0, 9), CUT],
  ['cut in its metadata', (file) => file.slice(0, at(file, '"version"')), CUT],
  ['cut between two tensors of its header', (file) => file.slice(0, at(file, `"${KERNEL}"`)), CUT],
  ['cut at the end of its header', (file) => file.slice(0, headerOf(file).end), CUT],
  ['cut in its first tensor', (file) => file.slice(0, headerOf(file).end + 1), CUT],
  ['cut by half', (file) => file.slice(0, file.length / 2), CUT],
  ['without its last byte', (file) => file.slice(0, -1), CUT],
  [
    'with one byte more',
    (file) => new Uint8Array(Buffer.concat([file, Buffer.alloc(1)])),
    'is damaged: there are 1 bytes after its last tensor',
  ],
];

const FLIPS: readonly Case[] = [
  ['a flipped bit in the length of its header', (file) => flipped(file, 0, 3), /is (damaged|cut short)/],
  ['a much longer header', (file) => flipped(file, 5), 'is damaged: its header would be longer than 100 MB'],
  ['another first byte', (file) => flipped(file, 8), 'is not a safetensors file'],
  ['a flipped bit in the name of a tensor', (file) => flipped(file, at(file, KERNEL) + 20), CHECKSUM],
  ['a flipped bit in the type of a tensor', (file) => flipped(file, at(file, '"F32"') + 2), 'the unknown type F22'],
  [
    'a flipped bit in its shape',
    (file) => flipped(file, at(file, '"shape":[') + 9),
    /is damaged: the tensor “.*” of shape/,
  ],
  ['a flipped bit in the place of a tensor', (file) => flipped(file, at(file, 'offsets":[0') + 11), /is damaged/],
  [
    'a flipped bit in a bracket',
    (file) => flipped(file, headerOf(file).text.lastIndexOf('}}') + 9),
    'its header is not readable',
  ],
  ['a byte that is no text', (file) => flipped(file, at(file, KERNEL), 7), 'is damaged: its header is not readable'],
  ['a flipped bit in its settings', (file) => flipped(file, at(file, 'totalSteps') + 14), CHECKSUM],
  ['a flipped bit in the number of its version', (file) => flipped(file, at(file, '"version":"') + 11, 1), CHECKSUM],
  ['a flipped bit in its checksum', (file) => flipped(file, at(file, '"checksum":"') + 12), CHECKSUM],
  ['another name of its checksum', (file) => flipped(file, at(file, '"checksum"') + 2), 'its checksum is missing'],
  ['a flipped bit in its first tensor', (file) => flipped(file, headerOf(file).end), CHECKSUM],
  ['a flipped bit in the middle', (file) => flipped(file, (headerOf(file).end + file.length) >> 1, 7), CHECKSUM],
  ['a flipped bit in its last byte', (file) => flipped(file, file.length - 1, 4), CHECKSUM],
];

const CONTENT: readonly Case[] = [
  ['a tensor of another size', (file) => headed(file, (text) => text.replace(/("shape":\[)(\d+)/, '$19$2')), 'takes'],
  [
    'a tensor of another type',
    (file) => headed(file, (text) => text.replace('"F32"', '"F31"')),
    'the unknown type F31',
  ],
  ['two tensors in one place', (file) => headed(file, (text) => text.replace(/\[0,(\d+)\]/, '[8,$1]')), 'takes'],
  [
    'a name twice',
    (file) => headed(file, (text) => text.replace(KERNEL, 'momentum/encoder.stem.conv.kernel')),
    'occurs twice in its header',
  ],
  [
    'a kernel of a transposed shape',
    (file) => withTensor(file, KERNEL, ({ shape, ...kernel }) => ({ ...kernel, shape: [...shape].reverse() })),
    `the tensor “${KERNEL}” has the shape`,
  ],
  [
    'half a kernel',
    (file) => withTensor(file, KERNEL, () => storedTensor('F32', [1], new Float32Array(1))),
    `the tensor “${KERNEL}” has the shape [1] in place of`,
  ],
  [
    'a kernel in double precision',
    (file) => withTensor(file, KERNEL, () => storedTensor('F64', [1], new Float64Array(1))),
    'has the type F64 in place of F32',
  ],
  ['a kernel missing', (file) => withTensor(file, KERNEL, () => null), `the tensor “${KERNEL}” is missing`],
  [
    'a parameter too many',
    (file) => withTensor(file, 'parameters/other', () => storedTensor('F32', [1], new Float32Array(1))),
    'the run has no tensor “parameters/other”',
  ],
  [
    'the momentum of no parameter',
    (file) => withTensor(file, 'momentum/other', () => storedTensor('F32', [1], new Float32Array(1))),
    'the run has no tensor “momentum/other”',
  ],
  [
    'targets that its run does not hold',
    (file) => withTensor(file, 'targets/0/z1', () => storedTensor('F32', [8, 16], new Float32Array(128))),
    'the run has no tensor “targets/0/z1”',
  ],
  [
    'held targets of alternation',
    (file) => withRun(file, (run) => ({ ...run, heldFrom: 0 })),
    'its targets of alternating optimisation',
  ],
  [
    'a NaN among its weights',
    (file) => withTensor(file, KERNEL, (kernel) => floats(kernel, (values) => values.fill(Number.NaN, 3, 4))),
    `the tensor “${KERNEL}” holds a value that is not a finite number`,
  ],
  [
    'an infinite momentum',
    (file) =>
      withTensor(file, KERNEL.replace('parameters', 'momentum'), (kernel) =>
        floats(kernel, (values) => values.fill(Number.POSITIVE_INFINITY, 0, 1)),
      ),
    'holds a value that is not a finite number',
  ],
  [
    'a series whose steps fall',
    (file) => withTensor(file, 'series/loss', () => storedTensor('F64', [2, 2], Float64Array.of(2, 1, 0, 0))),
    'the steps of “series/loss” do not rise',
  ],
  [
    'a series beyond its step',
    (file) => withTensor(file, 'series/loss', () => storedTensor('F64', [2, 1], Float64Array.of(4, 0))),
    'the steps of “series/loss” do not rise',
  ],
  [
    'a frame without its points',
    (file) => withTensor(file, 'frames/z/points', () => null),
    'the tensor “frames/z/points” is missing',
  ],
  [
    'a frame without its cloud',
    (file) => withTensor(file, 'frames/features/at', () => null),
    'the frame of step 0 is incomplete',
  ],
  [
    'a normalisation of one channel',
    (file) => measuredWith(file, 'normalisation', storedTensor('F64', [2, 1], Float64Array.of(0.5, 0.5))),
    'the tensor “normalisation” has the shape [2, 1]',
  ],
  [
    'a normalisation by nothing',
    (file) => measuredWith(file, 'normalisation', storedTensor('F64', [2, 3], new Float64Array(6))),
    'its images cannot be normalised',
  ],
  [
    'the statistics of no layer',
    (file) => measuredWith(file, 'statistics/other', storedTensor('F32', [1], Float32Array.of(1))),
    'the run has no tensor “other” for its statistics',
  ],
  [
    'statistics of another size',
    (file) => measuredWith(file, `statistics/${VARIANCE}`, storedTensor('F32', [1], Float32Array.of(1))),
    `the tensor “statistics/${VARIANCE}” has the shape [1]`,
  ],
  [
    'a negative variance',
    (file) => measuredWith(file, `statistics/${VARIANCE}`, storedTensor('F32', [8], new Float32Array(8).fill(-1))),
    `the tensor “statistics/${VARIANCE}” holds a value that no statistic has`,
  ],
  [
    'a later version',
    (file) => resealed(file, (_, metadata) => metadata.set('version', '2')),
    'is of a later version of SimSiam Lab (2; this one reads 1): update to go on from it',
  ],
  [
    'settings of a later version',
    (file) => withRun(file, (run) => ({ ...run, defaults: 99 })),
    'is of a later version of SimSiam Lab (99;',
  ],
  ['no version', (file) => resealed(file, (_, metadata) => metadata.delete('version')), 'it has the unknown format'],
  ['a step before the first', (file) => withRun(file, (run) => ({ ...run, step: -1 })), UNREADABLE],
  ['a step after the last', (file) => withRun(file, (run) => ({ ...run, step: 7 })), UNREADABLE],
  [
    'an unknown method',
    (file) => withRun(file, (run) => ({ ...run, config: { ...(run.config as object), method: 'moco' } })),
    UNREADABLE,
  ],
  [
    'a change of no setting',
    (file) => withRun(file, (run) => ({ ...run, changes: { made: [[1, 'seed', 3]], planned: [] } })),
    UNREADABLE,
  ],
  ['no diagnosis', (file) => withRun(file, ({ diagnosis: _, ...run }) => run), UNREADABLE],
  ['no settings', (file) => resealed(file, (_, metadata) => metadata.delete('run')), UNREADABLE],
  [
    'the content of something else',
    () => writeSealed({ tensors: new Map(), metadata: new Map() }),
    'is a safetensors file, but no checkpoint of a run',
  ],
];

describeOnEngines(['wasm'], 'a damaged checkpoint', () => {
  const images = syntheticDataset(40);
  let file = new Uint8Array(0);
  const opened = async (bytes: Uint8Array) => {
    const { trainer } = await resumeRun(readCheckpoint(bytes), images, await engine, () => undefined);
    trainer.dispose();
  };
  let engine: ReturnType<typeof startTestEngine>;

  it('is told from a whole one', async () => {
    engine = startTestEngine('wasm');
    file = (await interrupted(await engine, smallRun())).bytes;
    await opened(file);
    await opened(resealed(file, () => undefined));
  });

  describe('is named, with what is wrong:', () => {
    it.each([...CUTS, ...FLIPS, ...CONTENT])('%s', async (_, damage, sentence) => {
      await expect(opened(damage(file))).rejects.toThrow(sentence);
    });
  });

  it('is found wherever a bit is flipped, and wherever it is cut', () => {
    for (let place = 0; place < file.length; place += 499) {
      expect(() => readCheckpoint(flipped(file, place, place % 8)), `flipped at ${place}`).toThrow(/^is /);
      expect(() => readCheckpoint(file.slice(0, place)), `cut at ${place}`).toThrow(/^is /);
    }
    const { end } = headerOf(file);
    for (const { bytes } of readSafetensors(file).tensors.values()) {
      expect(() => readCheckpoint(file.slice(0, bytes.byteOffset - file.byteOffset))).toThrow(CUT);
      expect(bytes.byteOffset - file.byteOffset).toBeGreaterThanOrEqual(end);
    }
  });
});
