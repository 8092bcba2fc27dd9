import type { SkippedFile } from '../../domain/imageDataset';
import { ARCHIVE_HEAD_BYTES, ArchiveFile, refuseArchive } from '../../formats/archives';
import { readBytes } from '../../formats/byteSource';
import { MAX_FILE_BYTES } from '../../formats/limits';
import { beginsAsImage, refuseOtherFile } from '../../formats/otherFiles';
import { UnusableFile } from '../../formats/unusableFile';
import { readZipDirectory } from '../../formats/zip/zipDirectory';
import { ARCHIVE_NAME } from '../nameOfRoots';
import type { SourceFile } from '../sources';
import type { Candidate } from './batches';

const IMAGE_NAME = /\.(jpe?g|jfif|png|webp|gif|bmp|avif|hei[cf]|tiff?)$/i;
const PART_NAME = /\.(z\d\d|zip\.\d{3})$/i;
const PROGRAM = [0x4d, 0x5a];

export const IN_A_FOLDER = 'is an archive inside a folder: drop it by itself to read it, or unpack it';
const UNREADABLE = 'could not be read: it may have been moved, changed or deleted';

/** What a loose file is, as far as it matters before decoding. */
export type LooseKind = 'image' | 'archive' | { readonly reason: string; readonly isArchive: boolean };

/**
 * What a loose file is by its content. Only files that may be archives are looked at here: those not named as images that were dropped by
 * themselves, and those too large for an image. All others are told by the decoders, which read them anyway; they may be `image`.
 */
export async function kindOfLoose({ path, blob }: SourceFile): Promise<LooseKind> {
  const isInFolder = path.includes('/');
  if (IMAGE_NAME.test(path) || (isInFolder && blob.size <= MAX_FILE_BYTES && !ARCHIVE_NAME.test(path))) return 'image';
  let head: Uint8Array;
  try {
    head = await readBytes(blob, 0, ARCHIVE_HEAD_BYTES);
  } catch {
    return { reason: UNREADABLE, isArchive: false };
  }
  try {
    if (isInFolder) refuseArchive(head);
    else refuseOtherFile(head);
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    if (!(error instanceof ArchiveFile)) {
      // A document that is packed as .zip, dropped by itself, is read for its pictures.
      return head[0] === 0x50 && head[1] === 0x4b && !isInFolder
        ? 'archive'
        : { reason: error.message, isArchive: false };
    }
    if (!error.isZip) return { reason: error.message, isArchive: true };
    return isInFolder ? { reason: IN_A_FOLDER, isArchive: true } : 'archive';
  }
  if (isInFolder || beginsAsImage(head)) return 'image';
  if (PART_NAME.test(path)) {
    return {
      reason: `is a part of a split archive: join all parts, unpack the result and drop the folder`,
      isArchive: true,
    };
  }
  // Data may precede the archive, as in one that unpacks itself.
  const isProgram = PROGRAM.every((byte, i) => head[i] === byte);
  return ARCHIVE_NAME.test(path) || isProgram ? 'archive' : 'image';
}

/** What is in an archive. */
export interface OpenedArchive {
  readonly candidates: readonly Candidate[];
  readonly skipped: readonly SkippedFile[];
  /** Whether the archive as a whole could not be read. */
  readonly isRefused: boolean;
}

/** The files of a .zip archive as candidates, and what cannot be read in it; paths begin with `folder`. */
export async function openArchive({ path, blob }: SourceFile, folder: string): Promise<OpenedArchive> {
  try {
    const { entries, skipped } = await readZipDirectory(blob);
    if (entries.length === 0 && skipped.length === 0) throw new UnusableFile('is an archive without files');
    return {
      candidates: entries.map((entry) => ({
        path: folder + entry.path,
        size: entry.size,
        source: { archive: blob, entry },
      })),
      skipped: skipped.map(({ path: inner, reason }) => ({ path: folder + inner, reason })),
      isRefused: false,
    };
  } catch (error) {
    const reason = error instanceof UnusableFile ? error.message : UNREADABLE;
    return { candidates: [], skipped: [{ path, reason }], isRefused: true };
  }
}

/** The folder that an archive becomes where it is not the only thing dropped. */
export function folderOf(archive: SourceFile): string {
  return `${archive.path.replace(ARCHIVE_NAME, '')}/`;
}
