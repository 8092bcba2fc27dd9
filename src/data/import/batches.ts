import type { ZipEntry } from '../../formats/zip/zipEntry';
import type { SourceFile } from '../sources';

/** A file that may be an image: its path, its size in bytes, and where its bytes are. */
export interface Candidate {
  readonly path: string;
  readonly size: number;
  readonly source: { readonly blob: Blob } | { readonly archive: Blob; readonly entry: ZipEntry };
}

/** Files that one decoder decodes in one message; `slot` is the image's index in the sorted list. */
export type Batch =
  | { readonly kind: 'files'; readonly files: readonly { readonly slot: number; readonly blob: Blob }[] }
  | {
      /** Entries that are adjacent in one archive, so that one read fetches their bytes. */
      readonly kind: 'archive';
      readonly archive: Blob;
      readonly entries: readonly { readonly slot: number; readonly entry: ZipEntry }[];
    };

/** Small enough for steady progress and evenly loaded decoders, large enough that the cost of messages is negligible. */
const MAX_COUNT = 64;
const MAX_BYTES = 4 * 2 ** 20;

function fileBatches(files: readonly { slot: number; blob: Blob }[]): Batch[] {
  const batches: Batch[] = [];
  let batch: { slot: number; blob: Blob }[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length > 0 && (batch.length === MAX_COUNT || bytes + file.blob.size > MAX_BYTES)) {
      batches.push({ kind: 'files', files: batch });
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.blob.size;
  }
  if (batch.length > 0) batches.push({ kind: 'files', files: batch });
  return batches;
}

function archiveBatches(archive: Blob, entries: { slot: number; entry: ZipEntry }[]): Batch[] {
  const batches: Batch[] = [];
  let batch: { slot: number; entry: ZipEntry }[] = [];
  for (const item of entries.sort((a, b) => a.entry.start - b.entry.start)) {
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

/** Divides candidates into batches: loose files in their order, entries of archives by offset. Slots are indices into `candidates`. */
export function makeBatches(candidates: readonly Candidate[]): Batch[] {
  const files: { slot: number; blob: Blob }[] = [];
  const archives = new Map<Blob, { slot: number; entry: ZipEntry }[]>();
  for (const [slot, { source }] of candidates.entries()) {
    if ('blob' in source) {
      files.push({ slot, blob: source.blob });
      continue;
    }
    const entries = archives.get(source.archive) ?? [];
    entries.push({ slot, entry: source.entry });
    archives.set(source.archive, entries);
  }
  return [...fileBatches(files), ...[...archives].flatMap(([archive, entries]) => archiveBatches(archive, entries))];
}

/** A loose file as a candidate. */
export function fileCandidate({ path, blob }: SourceFile): Candidate {
  return { path, size: blob.size, source: { blob } };
}
