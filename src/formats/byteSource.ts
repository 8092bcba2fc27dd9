/** Bytes that are read in parts: a `Blob` in the page, a file on disk under Node. */
export interface ByteSource {
  /** Length in bytes; may be above 2^32. */
  readonly size: number;
  /** The bytes from `start` to before `end`; cut at the end of the source, as `Blob.slice` does. */
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** Reads the bytes from `start` to before `end`, or to the end of the source. */
export async function readBytes(source: ByteSource, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await source.slice(start, Math.min(end, source.size)).arrayBuffer());
}
