import { filesToKeep } from '../../data/filesToKeep';
import type { SkippedFile } from '../../domain/imageDataset';
import {
  DamagedFolder,
  FileMissing,
  type FolderToKeep,
  InterruptedKeep,
  type KeptImageStorage,
} from '../../storage/keptImageStorage';
import { StorageError, type StorageProblem } from '../../storage/runStorage';
import { type NoticeStore, notify } from '../noticeStore';
import type { PageStorage } from '../pageText';
import type { FilesOrigin } from './datasetLoading';
import { readChoice, writeChoice } from './keepChoice';
import { createKeptImagesStore, type KeepChoice, keptInUse } from './keptImagesStore';

/** A person's own images that are in use. */
export interface OwnImagesInUse {
  readonly origin: FilesOrigin;
  readonly name: string;
  readonly fingerprint: string;
  /** Number of images. */
  readonly count: number;
  /** Files that could not be decoded (`undecodedFiles`). */
  readonly undecoded: readonly SkippedFile[];
}

/** What keeping images depends on. */
export interface KeepingParts {
  /** null where images are never kept. */
  readonly storage: KeptImageStorage | null;
  readonly choiceStorage: PageStorage | null;
  /** Asks the browser not to delete what the page stores. */
  readonly persist: (() => void) | null;
  readonly noticeStore: NoticeStore;
}

const PROBLEM_WORDS: Record<StorageProblem, string> = {
  full: 'Not kept: the browser gives this page no more space. Forget other images, or free space on this computer.',
  unavailable: 'Not kept: this browser does not store them for this page (e.g. in a private window).',
};

function problemOf(error: unknown): string {
  if (error instanceof FileMissing) {
    return `Not kept: ${error.path} cannot be read any more. It may have been moved or changed.`;
  }
  if (error instanceof InterruptedKeep) return 'Not kept: another tab of this page removed the files. Try again.';
  return PROBLEM_WORDS[error instanceof StorageError ? error.problem : 'unavailable'];
}

/**
 * Keeps a person's own images on this computer, if the person wants that: nothing is kept before the choice. It is asked for once, remembered,
 * and followed for later folders. Only one folder is written at a time.
 */
export class KeptImages {
  readonly store;
  readonly #parts: KeepingParts;
  readonly #storage: KeptImageStorage | null;
  /** The images that were loaded last. */
  #latest: OwnImagesInUse | null = null;
  /** The images in use, as they are kept; null where they are not a person's own. */
  #own: FolderToKeep | null = null;
  /** Ends the keep that is under way. */
  #keeping: AbortController | null = null;
  #queue: Promise<void> = Promise.resolve();

  constructor(parts: KeepingParts) {
    this.#parts = parts;
    this.#storage = parts.storage;
    this.store = createKeptImagesStore(readChoice(parts.choiceStorage));
    void this.refresh();
  }

  /** Reads again which images are kept: another tab may have changed it. */
  async refresh(): Promise<void> {
    try {
      const kept = await this.#storage?.list();
      if (kept !== undefined) this.store.setState(kept);
    } catch {
      // The browser stores nothing for this page: then there is nothing to list.
    }
  }

  /** Called with the images in use whenever they were loaded; null for a sample. Keeps them if that was chosen before. */
  async imagesLoaded(images: OwnImagesInUse | null): Promise<void> {
    this.#latest = images;
    if (images === null) {
      this.#own = null;
      this.store.setState({ own: null, problem: null });
      return;
    }
    const { origin, name, fingerprint, count, undecoded } = images;
    if (this.#storage === null || this.#own?.fingerprint === fingerprint) return;
    const { found } = await origin.collect();
    const { files, skipped, bytes } = await filesToKeep(found, undecoded);
    if (this.#latest !== images) return;
    this.#own = { fingerprint, name, count, files, skipped };
    this.store.setState({ own: { fingerprint, name, bytes }, problem: null });
    await this.refresh();
    if (this.store.getState().choice === 'keep' && !this.#isKept(fingerprint)) await this.#keep(this.#own, true);
  }

  /** The person chose to keep own images: keeps those in use, and from now on every folder. Call it in the event of the person's action. */
  keep(): Promise<void> {
    this.#choose('keep');
    this.#parts.persist?.();
    return this.#own === null ? Promise.resolve() : this.#keep(this.#own, false);
  }

  /** The person chose not to keep own images. Ends a keep that is under way; images that are kept already stay. */
  onlyInTab(): void {
    this.#choose('tab');
    this.#keeping?.abort();
    this.store.setState({ problem: null });
  }

  /** Deletes kept images. If they are in use, they stay so until the page is closed, and later folders are not kept by themselves. */
  async forget(fingerprint: string): Promise<void> {
    if (fingerprint === this.#own?.fingerprint) this.onlyInTab();
    try {
      await this.#storage?.forget(fingerprint);
    } catch {
      notify(this.#parts.noticeStore, 'The images could not be deleted from this computer. Try again.');
    }
    await this.refresh();
  }

  /**
   * Kept images, to be loaded like a drop of the same files; null where they are not kept, or cannot be read, which a notice says.
   * @param fingerprint of `DatasetIdentity`, or of a link's folder
   */
  async originOf(fingerprint: string): Promise<FilesOrigin | null> {
    try {
      const sources = await this.#storage?.open(fingerprint);
      if (sources === null || sources === undefined) return null;
      return { kind: 'files', title: sources.name, collect: async () => sources };
    } catch (error) {
      if (error instanceof DamagedFolder) {
        const name = error.folder === null ? 'Images' : `“${error.folder}”`;
        const text = `${name} kept on this computer cannot be read: damaged, or of a later version of the page. Drop the folder again.`;
        notify(this.#parts.noticeStore, text);
      }
      return null;
    }
  }

  #isKept(fingerprint: string): boolean {
    return this.store.getState().folders.some((folder) => folder.fingerprint === fingerprint);
  }

  #choose(choice: KeepChoice): void {
    writeChoice(this.#parts.choiceStorage, choice);
    this.store.setState({ choice });
  }

  /** @param isByItself whether the person did not ask for these images, so that a notice says it */
  #keep(folder: FolderToKeep, isByItself: boolean): Promise<void> {
    this.#queue = this.#queue.then(() => this.#write(folder, isByItself));
    return this.#queue;
  }

  async #write(folder: FolderToKeep, isByItself: boolean): Promise<void> {
    // Another choice was made while an earlier folder was being written.
    if (this.#storage === null || this.store.getState().choice !== 'keep') return;
    const { fingerprint, name, files } = folder;
    const own = { fingerprint, name, bytes: files.reduce((sum, { blob }) => sum + blob.size, 0) };
    const keeping = new AbortController();
    this.#keeping = keeping;
    this.store.setState({ keeping: { ...own, done: 0 }, problem: null });
    let problem: string | null = null;
    try {
      await this.#storage.keep(folder, {
        signal: keeping.signal,
        onProgress: (done) => this.store.setState({ keeping: { ...own, done } }),
      });
    } catch (error) {
      if (!keeping.signal.aborted) problem = problemOf(error);
    }
    this.#keeping = null;
    await this.refresh();
    this.store.setState({ keeping: null, problem });
    const state = this.store.getState();
    if (isByItself && problem === null && keptInUse(state)?.fingerprint === fingerprint) {
      notify(this.#parts.noticeStore, `“${name}” is kept on this computer, too, as you chose.`);
    }
  }
}
