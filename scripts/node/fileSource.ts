import { open } from 'node:fs/promises';
import type { ByteSource } from '../../src/formats/byteSource';

/** A file on disk, read by a file handle: a `Blob` of Node 20 has sizes modulo 2^32. */
export class FileSource implements ByteSource {
  readonly #path: string;
  readonly size: number;

  /** @param size the file's length in bytes */
  constructor(path: string, size: number) {
    this.#path = path;
    this.size = size;
  }

  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> } {
    return { arrayBuffer: () => this.#read(Math.min(start, this.size), Math.min(end, this.size)) };
  }

  /** @throws Error when the file is shorter than when it was listed, or cannot be read */
  async #read(start: number, end: number): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(end - start);
    const file = await open(this.#path);
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
        if (bytesRead === 0) throw new Error('the file has become shorter');
        done += bytesRead;
      }
    } finally {
      await file.close();
    }
    return bytes.buffer;
  }
}
