import { formatBytes } from './bytes';
import { repeatedKey } from './repeatedKey';
import { CUT_SHORT, UnusableFile } from './unusableFile';

/**
 * The safetensors format (github.com/huggingface/safetensors): eight bytes with the length of a header, the header as JSON, and the bytes
 * of all tensors one after the other, little-endian and row-major.
 */

/** Bytes of an element by dtype. */
const ELEMENT_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
} as const;

export type Dtype = keyof typeof ELEMENT_BYTES;

/** A tensor as stored. */
export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Its elements, row-major and little-endian: as many bytes as dtype and shape need. */
  readonly bytes: Uint8Array;
}

/** What a file holds. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

const LENGTH_BYTES = 8;
/** The longest header that the format allows. */
const MOST_HEADER_BYTES = 100_000_000;
const METADATA = '__metadata__';
/** Files are padded so that the tensors begin at a multiple of this. */
const ALIGNMENT = 8;

type Entries = readonly (readonly [name: string, value: unknown])[];

/**
 * The content of a file, which is checked: the lengths fit, the tensors lie one after the other without gaps or overlaps up to the end, and
 * no name occurs twice. The tensors share the memory of `file`.
 * @param mostHeaderBytes the longest header to read, where less is expected than the format allows: reading takes a second a megabyte
 * @throws UnusableFile saying what is wrong
 */
export function readSafetensors(file: Uint8Array, mostHeaderBytes = MOST_HEADER_BYTES): Safetensors {
  const { header, data } = partsOf(file, mostHeaderBytes);
  const entries = Object.entries(headerOf(header));
  const tensors = entries.filter(([name]) => name !== METADATA);
  const places = tensors.map(([name, value]) => ({ name, ...placeOf(name, value) }));
  checkOrder(places, data.length);
  return {
    tensors: new Map(
      places.map(({ name, dtype, shape, start, end }) => [name, { dtype, shape, bytes: data.subarray(start, end) }]),
    ),
    metadata: metadataOf(entries),
  };
}

/** The two parts of a file. @throws UnusableFile where it is too short for its header, or none of these files */
function partsOf(
  file: Uint8Array,
  mostHeaderBytes: number,
): { readonly header: Uint8Array; readonly data: Uint8Array } {
  if (file.length === 0) throw new UnusableFile('is empty (0 bytes)');
  if (file.length <= LENGTH_BYTES) throw new UnusableFile(CUT_SHORT);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = view.getBigUint64(0, true);
  if (file[LENGTH_BYTES] !== '{'.charCodeAt(0)) throw new UnusableFile('is not a safetensors file');
  if (length > MOST_HEADER_BYTES) {
    throw new UnusableFile('is damaged: its header would be longer than 100 MB, the most that safetensors allows');
  }
  const end = LENGTH_BYTES + Number(length);
  if (end > file.length) throw new UnusableFile(CUT_SHORT);
  if (length > mostHeaderBytes) {
    throw new UnusableFile(
      `is of something else: its header has ${formatBytes(Number(length))}, and such a file has less than ${formatBytes(mostHeaderBytes)}`,
    );
  }
  return { header: file.subarray(LENGTH_BYTES, end), data: file.subarray(end) };
}

function headerOf(bytes: Uint8Array): object {
  let header: unknown;
  let text = '';
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw new UnusableFile('is damaged: its header is not readable');
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) throw new UnusableFile(`is damaged: “${repeated}” occurs twice in its header`);
  if (typeof header !== 'object' || header === null) throw new UnusableFile('is damaged: its header is not readable');
  return header;
}

function metadataOf(entries: Entries): ReadonlyMap<string, string> {
  const value = entries.find(([name]) => name === METADATA)?.[1] ?? {};
  const isObject = typeof value === 'object' && !Array.isArray(value);
  const metadata = isObject ? Object.entries(value) : [];
  const texts = metadata.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (!isObject || texts.length < metadata.length) {
    throw new UnusableFile('is damaged: its metadata is not text');
  }
  return new Map(texts);
}

interface Place {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** In bytes from the end of the header. */
  readonly start: number;
  readonly end: number;
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(ELEMENT_BYTES, value);
}

function areCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function placeOf(name: string, value: unknown): Place {
  const fields = typeof value === 'object' && value !== null ? value : {};
  const { dtype, shape, data_offsets: offsets } = fields as Readonly<Record<string, unknown>>;
  if (!isDtype(dtype)) throw new UnusableFile(`is damaged: the tensor “${name}” has the unknown type ${dtype}`);
  if (!areCounts(shape)) throw new UnusableFile(`is damaged: the tensor “${name}” has no valid shape`);
  if (!areCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw new UnusableFile(`is damaged: the tensor “${name}” has no valid place`);
  }
  const [start, end] = offsets;
  const bytes = shape.reduce((product, count) => product * count, ELEMENT_BYTES[dtype]);
  if (bytes !== end - start) {
    throw new UnusableFile(
      `is damaged: the tensor “${name}” of shape [${shape.join(', ')}] takes ${bytes} bytes, and it has ${end - start}`,
    );
  }
  return { dtype, shape, start, end };
}

/** @throws UnusableFile where the tensors overlap, leave a gap, or do not end with the file */
function checkOrder(places: readonly (Place & { readonly name: string })[], length: number): void {
  const sorted = [...places].sort((a, b) => a.start - b.start || a.end - b.end);
  let at = 0;
  for (const { name, start, end } of sorted) {
    if (start < at) throw new UnusableFile(`is damaged: the tensor “${name}” overlaps the one before it`);
    if (start > at) throw new UnusableFile(`is damaged: there is a gap before the tensor “${name}”`);
    at = end;
  }
  if (at > length) throw new UnusableFile(CUT_SHORT);
  if (at < length) throw new UnusableFile(`is damaged: there are ${length - at} bytes after its last tensor`);
}

/**
 * A file of these tensors, the widest elements first, so that each begins at a multiple of its element's size.
 * @throws RangeError where a tensor's bytes do not fit its dtype and shape
 */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  const sorted = [...tensors].sort(([, a], [, b]) => ELEMENT_BYTES[b.dtype] - ELEMENT_BYTES[a.dtype]);
  const header: Record<string, unknown> = { [METADATA]: Object.fromEntries(metadata) };
  let at = 0;
  for (const [name, { dtype, shape, bytes }] of sorted) {
    if (shape.reduce((product, count) => product * count, ELEMENT_BYTES[dtype]) !== bytes.length) {
      throw new RangeError(`${name}: ${bytes.length} bytes for the shape [${shape.join(', ')}]`);
    }
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + length + at);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.fill(' '.charCodeAt(0), LENGTH_BYTES, LENGTH_BYTES + length);
  file.set(text, LENGTH_BYTES);
  let to = LENGTH_BYTES + length;
  for (const [, { bytes }] of sorted) {
    file.set(bytes, to);
    to += bytes.length;
  }
  return file;
}

/** Arrays whose elements a tensor can hold as they are. */
const ARRAYS = {
  U8: Uint8Array,
  U16: Uint16Array,
  I16: Int16Array,
  U32: Uint32Array,
  F32: Float32Array,
  F64: Float64Array,
} as const;

export type ArrayDtype = keyof typeof ARRAYS;
export type ArrayOf<D extends ArrayDtype> = InstanceType<(typeof ARRAYS)[D]>;

/** The same over any kind of memory. */
interface Views {
  readonly U8: Uint8Array;
  readonly U16: Uint16Array;
  readonly I16: Int16Array;
  readonly U32: Uint32Array;
  readonly F32: Float32Array;
  readonly F64: Float64Array;
}

/** A tensor that shares the memory of an array. */
export function storedTensor<D extends ArrayDtype>(
  dtype: D,
  shape: readonly number[],
  { buffer, byteOffset, byteLength }: Views[D],
): StoredTensor {
  return { dtype, shape, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

/**
 * A copy of a tensor's elements.
 * @throws UnusableFile where the tensor has another dtype
 */
export function elementsOf<D extends ArrayDtype>(name: string, tensor: StoredTensor, dtype: D): ArrayOf<D> {
  if (tensor.dtype !== dtype) {
    throw new UnusableFile(`is damaged: the tensor “${name}” has the type ${tensor.dtype} in place of ${dtype}`);
  }
  // Not by `slice`, which gives no copy of a Buffer of Node.
  return new ARRAYS[dtype](new Uint8Array(tensor.bytes).buffer) as ArrayOf<D>;
}
