import type { DecodedFolder } from '../domain/decodedFolder';
import type { SkippedFile } from '../domain/imageDataset';
import { withoutControls } from './import/paths';
import type { ImageSources, SourceFile } from './sources';

/**
 * The files of a folder that could not be decoded, by the paths that the import lists them with. A path that a decoded file has as well, as in
 * two drops of the same name, is not among them.
 */
export function undecodedFiles({ paths, skips }: Pick<DecodedFolder<unknown>, 'paths' | 'skips'>): SkippedFile[] {
  const decoded = new Set(paths.map(withoutControls));
  return skips.files.filter(({ path }) => !decoded.has(path));
}

/** What has to be kept of own images, so that they can be imported again with the same result. */
export interface FilesToKeep {
  /** In the order in which they were found. */
  readonly files: readonly SourceFile[];
  /** The files that are not kept, with reasons. */
  readonly skipped: readonly SkippedFile[];
  /** Bytes of the files. */
  readonly bytes: number;
}

/**
 * Divides what was found into files to keep and files that cannot be decoded.
 * @param undecoded `undecodedFiles` of their import
 */
export async function filesToKeep(
  found: ImageSources['found'],
  undecoded: readonly SkippedFile[],
): Promise<FilesToKeep> {
  const reasons = new Map(undecoded.map((file) => [file.path, file]));
  const unreadable: SkippedFile[] = [];
  const files: SourceFile[] = [];
  const others: { readonly file: SourceFile; readonly skip: SkippedFile }[] = [];
  for await (const portion of found) {
    unreadable.push(...portion.unreadable);
    for (const file of portion.files) {
      const skip = reasons.get(withoutControls(file.path));
      if (skip === undefined) files.push(file);
      else others.push({ file, skip });
    }
  }
  // An archive that is alone is read as the folder itself, and one among other files as a folder in it. So that it is read as before, one of
  // the others stays beside it.
  const beside = files.length === 1 ? others.shift() : undefined;
  if (beside !== undefined) files.push(beside.file);
  const skipped = [...unreadable, ...others.map(({ skip }) => skip)];
  return { files, skipped, bytes: files.reduce((sum, { blob }) => sum + blob.size, 0) };
}
