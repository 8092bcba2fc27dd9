import type { ByteSource } from '../../formats/byteSource';
import type { ZipEntry } from '../../formats/zip/zipEntry';

/** A file that may be an image: its path, its size in bytes, and where its bytes are. */
export interface Candidate {
  readonly path: string;
  readonly size: number;
  readonly source: { readonly blob: ByteSource } | { readonly archive: ByteSource; readonly entry: ZipEntry };
}

/** A picture that was packed (`packPixels`), and where its bytes are. */
export interface PackedItem {
  readonly slot: number;
  readonly source: ByteSource;
  readonly start: number;
  readonly end: number;
  readonly width: number;
  readonly height: number;
}

/** Pictures that one decoder decodes in one message; `slot` is the image's index in the order in which the files were found. */
export type Batch = {
  /**
   * What else is done with the decoded pictures: at first they are measured; `compress` then compresses them in place of their pixels; `again`
   * only decodes.
   */
  readonly task?: 'compress' | 'again';
} & (
  | { readonly kind: 'files'; readonly files: readonly { readonly slot: number; readonly blob: ByteSource }[] }
  | {
      readonly kind: 'archive';
      readonly archive: ByteSource;
      readonly entries: readonly { readonly slot: number; readonly entry: ZipEntry }[];
    }
  | { readonly kind: 'packed'; readonly pictures: readonly PackedItem[] }
);

/** Small enough for steady progress and evenly loaded decoders, large enough that the cost of messages is negligible. */
const MAX_COUNT = 64;
const MAX_BYTES = 4 * 2 ** 20;

/** Batches of entries of one archive, by offset. */
export function archiveBatches(
  archive: ByteSource,
  entries: readonly { readonly slot: number; readonly entry: ZipEntry }[],
): Batch[] {
  const batches: Batch[] = [];
  let batch: { slot: number; entry: ZipEntry }[] = [];
  for (const item of entries.toSorted((a, b) => a.entry.start - b.entry.start)) {
    const [first] = batch;
    if (first !== undefined && (batch.length === MAX_COUNT || item.entry.end - first.entry.start > MAX_BYTES)) {
      batches.push({ kind: 'archive', archive, entries: batch });
      batch = [];
    }
    batch.push(item);
  }
  if (batch.length > 0) batches.push({ kind: 'archive', archive, entries: batch });
  return batches;
}

/**
 * Batches for the decoders while files are still being found. Loose files are collected to batches; a decoder that would otherwise be idle
 * takes what has been collected.
 */
export class BatchQueue {
  readonly #batches: Batch[] = [];
  readonly #waiting: ((batch: Batch | null) => void)[] = [];
  #files: { slot: number; blob: ByteSource }[] = [];
  #bytes = 0;
  #isClosed = false;

  /** Adds loose files. */
  addFiles(files: readonly { readonly slot: number; readonly blob: ByteSource }[]): void {
    for (const file of files) {
      if (this.#files.length === MAX_COUNT || this.#bytes + file.blob.size > MAX_BYTES) this.#flush();
      this.#files.push(file);
      this.#bytes += file.blob.size;
    }
    this.#serve();
  }

  add(batches: readonly Batch[]): void {
    this.#batches.push(...batches);
    this.#serve();
  }

  /** After it no batch is added, and decoders that wait are sent home. */
  close(): void {
    this.#isClosed = true;
    this.#serve();
  }

  /** The next batch; null when there will be none. */
  next(): Promise<Batch | null> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#serve();
    });
  }

  #flush(): void {
    if (this.#files.length > 0) this.#batches.push({ kind: 'files', files: this.#files });
    this.#files = [];
    this.#bytes = 0;
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      if (this.#batches.length === 0) this.#flush();
      const batch = this.#batches.shift();
      if (batch === undefined && !this.#isClosed) return;
      this.#waiting.shift()?.(batch ?? null);
    }
  }
}
