import { freeMemory } from '../../domain/freeMemory';
import type { PictureStorage } from '../../domain/imageDataset';
import { ArchiveFile } from '../../formats/archives';
import { type ByteSource, readBytes } from '../../formats/byteSource';
import { checkFileSize, type ImageHeader, inspectImage } from '../../formats/image/inspectImage';
import { refuseOtherFile } from '../../formats/otherFiles';
import { UnusableFile } from '../../formats/unusableFile';
import { unpackEntry, type ZipEntry } from '../../formats/zip/zipEntry';
import type { Batch } from './batches';
import { type CompressedPicture, compressPicture, unpackPixels } from './compressPicture';
import {
  type CollectedPictures,
  type DecodedPicture,
  joinPictures,
  keepAgain,
  keepPicture,
  unmeasured,
  withoutPixels,
} from './pictureCollection';
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
  /** The pictures in the same order for the task `compress`, whose `pictures` have no pixels; else null. */
  readonly compressed: readonly CompressedPicture[] | null;
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

/** Entries of an archive that lie further apart are read one by one: at most so many bytes are read for one that is wanted. */
const READ_FOR_ONE = 4;

/** One picture of a batch. */
interface Item {
  readonly slot: number;
  /** Of the unpacked file. */
  readonly fileBytes: number;
  /** Fetches and decodes it. */
  decode(): Promise<DecodedPicture>;
}

async function readPart(source: ByteSource, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  checkFileSize(end - start);
  try {
    return await readBytes(source, start, end);
  } catch {
    throw new UnusableFile('could not be read: it may have been moved, changed or deleted');
  }
}

/** The bytes of the files of a batch; all are requested at once: Chromium reads each file in its main process, and the requests then overlap. */
function fileBytesOf(
  batch: Exclude<Batch, { kind: 'packed' }>,
): { readonly slot: number; readonly size: number; read(): Promise<Uint8Array> }[] {
  const requested = (source: ByteSource, start: number, end: number) => {
    const bytes = readPart(source, start, end);
    bytes.catch(() => undefined);
    return bytes;
  };
  if (batch.kind === 'files') {
    return batch.files.map(({ slot, blob }) => {
      const bytes = requested(blob, 0, blob.size);
      return { slot, size: blob.size, read: () => bytes };
    });
  }
  const { archive, entries } = batch;
  const first = Math.min(...entries.map(({ entry }) => entry.start));
  const last = Math.max(...entries.map(({ entry }) => entry.end));
  const wanted = entries.reduce((sum, { entry }) => sum + entry.end - entry.start, 0);
  if (last - first <= READ_FOR_ONE * wanted) {
    const all = requested(archive, first, last);
    const partOf = async ({ start, end }: ZipEntry) => (await all).subarray(start - first, end - first);
    return entries.map(({ slot, entry }) => ({
      slot,
      size: entry.size,
      read: async () => unpackEntry(entry, await partOf(entry)),
    }));
  }
  return entries.map(({ slot, entry }) => {
    const own = requested(archive, entry.start, entry.end);
    return { slot, size: entry.size, read: async () => unpackEntry(entry, await own) };
  });
}

function itemsOf(batch: Batch, storage: PictureStorage, decode: DecodePixels): Item[] {
  if (batch.kind === 'packed') {
    return batch.pictures.map(({ slot, source, start, end, width, height }) => ({
      slot,
      fileBytes: 0,
      decode: async () =>
        unmeasured(await unpackPixels(await readPart(source, start, end), width, height), width, height),
    }));
  }
  const keep = batch.task === 'again' ? keepAgain : keepPicture;
  return fileBytesOf(batch).map(({ slot, size, read }) => ({
    slot,
    fileBytes: size,
    decode: async () => {
      const bytes = await read();
      refuseOtherFile(bytes);
      let picture: DecodedPicture | undefined;
      await decode(bytes, inspectImage(bytes), (source) => {
        picture = keep(source, storage);
      });
      if (picture === undefined) throw new Error('the decoder passed no pixels');
      return picture;
    },
  }));
}

/** Reads, checks, decodes and scales the files of one batch. Bad files are listed in `skipped`, never thrown. */
export async function decodeBatch(batch: Batch, storage: PictureStorage, decode: DecodePixels): Promise<BatchResult> {
  const pictures: DecodedPicture[] = [];
  const compressed: CompressedPicture[] = [];
  const slots: number[] = [];
  const skipped: SkippedSlot[] = [];
  const queue = itemsOf(batch, storage, decode).values();
  const work = async () => {
    // All workers share one iterator, so that each takes the next file as soon as it is free.
    for (const { slot, fileBytes, decode } of queue) {
      try {
        const picture = await decode();
        if (batch.task === 'compress') {
          compressed.push(await compressPicture(picture, fileBytes));
          pictures.push(withoutPixels(picture));
          freeMemory([picture.pixels]);
        } else pictures.push(picture);
        slots.push(slot);
      } catch (error) {
        const reason = error instanceof UnusableFile ? error.message : 'is damaged: it could not be decoded';
        skipped.push(
          error instanceof ArchiveFile ? { slot, reason, archive: error.isZip ? 'zip' : 'other' } : { slot, reason },
        );
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return {
    slots,
    pictures: joinPictures(pictures),
    skipped,
    compressed: batch.task === 'compress' ? compressed : null,
  };
}
