import type { PictureStorage } from '../../domain/imageDataset';
import { ArchiveFile } from '../../formats/archives';
import { type ByteSource, readBytes } from '../../formats/byteSource';
import { checkFileSize, type ImageHeader, inspectImage } from '../../formats/image/inspectImage';
import { refuseOtherFile } from '../../formats/otherFiles';
import { UnusableFile } from '../../formats/unusableFile';
import { unpackEntry } from '../../formats/zip/zipEntry';
import type { Batch } from './batches';
import { type CollectedPictures, type DecodedPicture, joinPictures, keepPicture } from './pictureCollection';
import type { PixelSource } from './resample';

/** Decodes a checked image upright, on white, and passes its pixels to `use`; rejects when the image cannot be decoded. */
export type DecodePixels = (
  bytes: Uint8Array,
  header: ImageHeader,
  use: (pixels: PixelSource) => void,
) => Promise<void>;

export interface BatchResult {
  /** Slots of the decoded images, and these in the same order. */
  readonly slots: readonly number[];
  readonly pictures: CollectedPictures;
  readonly skipped: readonly SkippedSlot[];
}

/** A file that could not be decoded. */
export interface SkippedSlot {
  readonly slot: number;
  readonly reason: string;
  /** What it is, if it is an archive by its content. */
  readonly archive?: 'zip' | 'other';
}

/** Files of a batch decoded at once: the browser decodes on other threads, which would idle if files were decoded one by one. */
const IN_FLIGHT = 8;

/** One file of a batch; `read` fetches or unpacks its bytes. */
interface Item {
  readonly slot: number;
  read(): Promise<Uint8Array> | Uint8Array;
}

async function readPart(source: ByteSource, start: number, end: number): Promise<Uint8Array> {
  checkFileSize(end - start);
  try {
    return await readBytes(source, start, end);
  } catch {
    throw new UnusableFile('could not be read: it may have been moved, changed or deleted');
  }
}

async function itemsOf(batch: Batch): Promise<Item[]> {
  if (batch.kind === 'files') {
    // Requested all at once: Chromium reads each file in its main process, and the requests then overlap.
    return batch.files.map(({ slot, blob }) => {
      const bytes = readPart(blob, 0, blob.size);
      bytes.catch(() => undefined);
      return { slot, read: () => bytes };
    });
  }
  const { archive, entries } = batch;
  const start = Math.min(...entries.map(({ entry }) => entry.start));
  const end = Math.max(...entries.map(({ entry }) => entry.end));
  const bytes = readPart(archive, start, end);
  bytes.catch(() => undefined);
  return entries.map(({ slot, entry }) => ({
    slot,
    read: async () => unpackEntry(entry, (await bytes).subarray(entry.start - start, entry.end - start)),
  }));
}

/** Reads, checks, decodes and scales the files of one batch. Bad files are listed in `skipped`, never thrown. */
export async function decodeBatch(batch: Batch, storage: PictureStorage, decode: DecodePixels): Promise<BatchResult> {
  const items = await itemsOf(batch);
  const pictures: DecodedPicture[] = [];
  const slots: number[] = [];
  const skipped: SkippedSlot[] = [];
  const queue = items.values();
  const work = async () => {
    // All workers share one iterator, so that each takes the next file as soon as it is free.
    for (const { slot, read } of queue) {
      try {
        const bytes = await read();
        refuseOtherFile(bytes);
        await decode(bytes, inspectImage(bytes), (source) => {
          pictures.push(keepPicture(source, storage));
          slots.push(slot);
        });
      } catch (error) {
        const reason = error instanceof UnusableFile ? error.message : 'is damaged: it could not be decoded';
        skipped.push(
          error instanceof ArchiveFile ? { slot, reason, archive: error.isZip ? 'zip' : 'other' } : { slot, reason },
        );
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return { slots, pictures: joinPictures(pictures), skipped };
}
