import { describe, expect, it } from 'vitest';
import { repeatedKey } from '../../../src/formats/repeatedKey';
import {
  elementsOf,
  readSafetensors,
  type StoredTensor,
  storedTensor,
  writeSafetensors,
} from '../../../src/formats/safetensors';

/** A file with this header and so many bytes of data. */
function fileOf(header: string, dataBytes = 0): Uint8Array {
  const text = Buffer.from(header);
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

const tensor = (start: number, end: number, more: object = {}) => ({
  dtype: 'F32',
  shape: [(end - start) / 4],
  data_offsets: [start, end],
  ...more,
});

describe('safetensors', () => {
  it('are read as they were written, each tensor at a multiple of its element’s size', () => {
    const tensors = new Map<string, StoredTensor>([
      ['bytes', storedTensor('U8', [3], Uint8Array.of(1, 2, 3))],
      ['floats', storedTensor('F32', [1, 2], Float32Array.of(-0, Number.NaN))],
      ['doubles', storedTensor('F64', [], Float64Array.of(Math.PI))],
      ['none', storedTensor('F32', [0, 4], new Float32Array(0))],
      ['small', storedTensor('I16', [2], Int16Array.of(-1, 300))],
    ]);
    const metadata = new Map([['format', 'a “test”, 3 × 4']]);
    const file = writeSafetensors({ tensors, metadata });
    const read = readSafetensors(file);
    expect(read.metadata).toEqual(metadata);
    expect(new Map(read.tensors)).toEqual(tensors);
    for (const [, { dtype, bytes }] of read.tensors) {
      expect(bytes.byteOffset % { F64: 8, F32: 4, I16: 2, U8: 1 }[dtype as 'F64']).toBe(0);
    }
    const floats = elementsOf('floats', read.tensors.get('floats')!, 'F32');
    expect([...floats].map((value) => Object.is(value, -0) || Number.isNaN(value))).toEqual([true, true]);
    // A Buffer of Node may lie anywhere in a larger piece of memory.
    const within = Buffer.concat([Buffer.from('abc'), file]).subarray(3);
    expect([...elementsOf('doubles', readSafetensors(within).tensors.get('doubles')!, 'F64')]).toEqual([Math.PI]);
  });

  it('follow the published layout', () => {
    const read = readSafetensors(fileOf(`{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}   `, 4));
    expect(read.tensors.get('a')).toMatchObject({ dtype: 'BF16', shape: [2] });
    expect(read.metadata.size).toBe(0);
  });

  it.each<readonly [what: string, header: string, bytes: number, reason: string]>([
    ['no JSON', '{"a":', 0, 'its header is not readable'],
    ['a tensor that is cut off', JSON.stringify({ a: tensor(0, 8) }), 7, 'is cut short'],
    ['bytes after the last tensor', JSON.stringify({ a: tensor(0, 8) }), 9, '1 bytes after its last tensor'],
    ['an overlap', JSON.stringify({ a: tensor(0, 8), b: tensor(4, 12) }), 12, '“b” overlaps the one before it'],
    ['a gap', JSON.stringify({ a: tensor(0, 4), b: tensor(8, 12) }), 12, 'a gap before the tensor “b”'],
    ['a gap at the start', JSON.stringify({ a: tensor(4, 8) }), 8, 'a gap before the tensor “a”'],
    ['a wrong shape', JSON.stringify({ a: tensor(0, 8, { shape: [3] }) }), 8, '“a” of shape [3] takes 12 bytes'],
    ['a negative shape', JSON.stringify({ a: tensor(0, 8, { shape: [-2] }) }), 8, '“a” has no valid shape'],
    ['an endless shape', JSON.stringify({ a: tensor(0, 8, { shape: [2 ** 40, 2 ** 40] }) }), 8, 'takes 4.8'],
    ['an unknown type', JSON.stringify({ a: tensor(0, 8, { dtype: 'F33' }) }), 8, 'the unknown type F33'],
    ['no type', JSON.stringify({ a: 7 }), 0, 'the unknown type undefined'],
    ['no place', JSON.stringify({ a: tensor(0, 8, { data_offsets: [8, 0] }) }), 8, '“a” has no valid place'],
    [
      'a name twice',
      `{"a":${JSON.stringify(tensor(0, 4))},"\\u0061":${JSON.stringify(tensor(0, 4))}}`,
      4,
      '“a” occurs twice',
    ],
    ['metadata that is not text', '{"__metadata__":{"version":1}}', 0, 'its metadata is not text'],
    ['metadata that is a list', '{"__metadata__":["x"]}', 0, 'is damaged'],
    ['metadata that is a number', '{"__metadata__":3}', 0, 'its metadata is not text'],
  ])('with %s are refused', (_, header, bytes, reason) => {
    expect(() => readSafetensors(fileOf(header, bytes))).toThrow(reason);
  });

  it('whose header would be huge are refused before it is read', () => {
    const file = fileOf('{}');
    new DataView(file.buffer).setBigUint64(0, 2n ** 63n, true);
    expect(() => readSafetensors(file)).toThrow('longer than 100 MB');
    expect(() => readSafetensors(Buffer.from('PK\x03\x04 is another format'))).toThrow('is not a safetensors file');
    expect(() => readSafetensors(fileOf('{}').subarray(0, 9))).toThrow('is cut short');
    expect(() => readSafetensors(new Uint8Array(0))).toThrow('is empty');
    expect(readSafetensors(fileOf('{}')).tensors.size).toBe(0);
  });

  it('a repeated key is found in any object, and not between objects', () => {
    expect(repeatedKey('{"a":{"b":1,"b":2}}')).toBe('b');
    expect(repeatedKey('{"a":[{"b":1},{"b":2}],"b":"a:b","c":"{\\"b\\":1,\\"b\\":1}"}')).toBeNull();
  });
});
