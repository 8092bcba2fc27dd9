/** Small pieces are joined until they have so many bytes. */
const JOINED_BYTES = 2 ** 22;

/** A file that grows in pieces. Blobs are the browser's to keep, on disk where they are large, so that little of it is in the worker's memory. */
export class GrowingBlob {
  readonly #blobs: Blob[] = [];
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  /** Takes the bytes as they are now. */
  add(piece: Uint8Array): void {
    // A copy, since pieces may share memory that is written over.
    this.#pieces.push(new Uint8Array(piece));
    this.#bytes += piece.length;
    if (this.#bytes >= JOINED_BYTES) this.#join();
  }

  #join(): void {
    this.#blobs.push(new Blob(this.#pieces));
    this.#pieces = [];
    this.#bytes = 0;
  }

  /** @param type the MIME type */
  finish(type: string): Blob {
    this.#join();
    return new Blob(this.#blobs, { type });
  }
}
