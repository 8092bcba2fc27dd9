import { makeZip } from 'client-zip';

/** A file for an archive: its bytes, or pieces of them that are made while the archive is written. */
export interface ZipFile {
  /** With slashes. */
  readonly path: string;
  readonly content: Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Bytes whose checksum is computed at once, which takes some milliseconds. */
const PIECE = 2 ** 20;

const END_BYTES = 22;
const ZIP64_END = 0x06064b50;
const ZIP64_END_BYTES = 56;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
/** Of a record of the end: version 4.5, which has zip64. */
const VERSION = 45;
/** The number of files in the end of an archive that has more: zip64 says how many. */
const MOST_FILES = 0xffff;

/**
 * The pieces of a .zip archive of these files, which are asked for one after the other: nothing is held but what is being written. Files are
 * stored, not compressed; zip64 where there are 65,535 or more, or they take more than 4 GiB.
 * @param modified the time that all files get
 * @throws what the files throw
 */
export async function* writeZip(
  files: AsyncIterable<ZipFile> | Iterable<ZipFile>,
  modified: Date,
): AsyncGenerator<Uint8Array> {
  let count = 0;
  async function* entries() {
    for await (const { path, content } of files) {
      count += 1;
      const isSmall = content instanceof Uint8Array && content.length <= PIECE;
      yield { name: path, lastModified: modified, input: isSmall ? content : pieces(content) };
    }
  }
  const reader = makeZip(entries()).getReader();
  let last: Uint8Array | null = null;
  let isZip64 = false;
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      if (last !== null) yield last;
      isZip64 = last !== null && beginsWith(last, ZIP64_END);
      last = piece.value;
    }
  } finally {
    // Where the archive is not wanted any more, the files end by the reason.
    await reader.cancel().catch(() => undefined);
  }
  if (last === null) return;
  // The library writes zip64 for long archives only, not for those of many files.
  if (!isZip64 && count >= MOST_FILES) yield zip64End(last, count);
  yield last;
}

async function* pieces(content: ZipFile['content']): AsyncGenerator<Uint8Array> {
  for await (const part of content instanceof Uint8Array ? [content] : content) {
    for (let at = 0; at < part.length; at += PIECE) yield part.subarray(at, at + PIECE);
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength);

const beginsWith = (bytes: Uint8Array, signature: number) =>
  bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === signature;

/** What comes before the end of an archive of less than 4 GiB to say how many files it has. @param end its last bytes */
function zip64End(end: Uint8Array, count: number): Uint8Array {
  if (end.length !== END_BYTES) throw new Error('the archive has no end');
  const [size, start] = [viewOf(end).getUint32(12, true), viewOf(end).getUint32(16, true)];
  const bytes = new Uint8Array(ZIP64_END_BYTES + ZIP64_LOCATOR_BYTES);
  const view = viewOf(bytes);
  const long = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  view.setUint32(0, ZIP64_END, true);
  long(4, ZIP64_END_BYTES - 12);
  view.setUint16(12, VERSION, true);
  view.setUint16(14, VERSION, true);
  long(24, count);
  long(32, count);
  long(40, size);
  long(48, start);
  view.setUint32(ZIP64_END_BYTES, ZIP64_LOCATOR, true);
  long(ZIP64_END_BYTES + 8, start + size);
  view.setUint32(ZIP64_END_BYTES + 16, 1, true);
  return bytes;
}
