import type { SkipList } from '../../domain/decodedFolder';
import type { SkippedFile } from '../../domain/imageDataset';
import { comparePaths, withoutControls } from './paths';

/** The files that are not in the data set, with reasons. */
export class Skips {
  readonly #files: SkippedFile[];
  #archive: SkippedFile | null;

  /** @param known files that were skipped before */
  constructor(known: SkipList = { files: [], archive: null }) {
    this.#files = [...known.files];
    this.#archive = known.archive;
  }

  /** @param isArchive whether it is an archive, whose reason tells more than those of the files beside it */
  add({ path, reason }: SkippedFile, isArchive: boolean): void {
    const file = { path: withoutControls(path), reason };
    this.#files.push(file);
    if (isArchive && (this.#archive === null || comparePaths(path, this.#archive.path) < 0)) this.#archive = file;
  }

  /** All of them by path. */
  sorted(): SkippedFile[] {
    return this.#files.toSorted((a, b) => comparePaths(a.path, b.path));
  }

  get list(): SkipList {
    return { files: this.sorted(), archive: this.#archive };
  }

  /** The file whose reason says most about why nothing could be read; null where no file was skipped. */
  example(): SkippedFile | null {
    return this.#archive ?? this.sorted()[0] ?? null;
  }
}
