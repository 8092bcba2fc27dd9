import type { SkippedFile } from '../domain/imageDataset';

/** A file to keep: its path, and what its bytes are read from (on the page a `File` on disk). */
export interface FileToKeep {
  readonly path: string;
  readonly blob: {
    readonly size: number;
    slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
  };
}

/** A person's own images that are to be kept. */
export interface FolderToKeep {
  readonly fingerprint: string;
  readonly name: string;
  /** Number of images. */
  readonly count: number;
  /** In the order in which they were found, which the import repeats. */
  readonly files: readonly FileToKeep[];
  /** Files that were found but are not kept, with reasons. */
  readonly skipped: readonly SkippedFile[];
}

/** Images that are kept on this computer, without their files. */
export interface KeptFolder extends Pick<FolderToKeep, 'fingerprint' | 'name' | 'count'> {
  /** Bytes of all files. */
  readonly bytes: number;
  /** Milliseconds since 1970, when they were kept. */
  readonly kept: number;
}

/** Kept images that cannot be read: damaged, or of a later version of the page. */
export interface UnreadableFolder {
  readonly fingerprint: string;
  /** null where not even the name can be read. */
  readonly name: string | null;
}

export interface KeptFolders {
  /** The last kept first. */
  readonly folders: readonly KeptFolder[];
  readonly unreadable: readonly UnreadableFolder[];
}

/** Kept files as the import reads them. */
export interface OpenedFolder {
  readonly name: string;
  readonly found: readonly [
    {
      readonly files: readonly { readonly path: string; readonly blob: Blob }[];
      readonly unreadable: readonly SkippedFile[];
    },
  ];
}

export interface KeepOptions {
  /** Aborting removes what was written, and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with the bytes that are written, after each portion. */
  readonly onProgress?: (bytes: number) => void;
}

/** A file that could not be read while it was to be kept. */
export class FileMissing extends Error {
  override readonly name = 'FileMissing';
  constructor(
    readonly path: string,
    cause: unknown,
  ) {
    super(`The file ${path} cannot be read.`, { cause });
  }
}

/** Files that were removed by another tab while they were being kept. */
export class InterruptedKeep extends Error {
  override readonly name = 'InterruptedKeep';
}

/** Kept images whose files are not all there. */
export class DamagedFolder extends Error {
  override readonly name = 'DamagedFolder';
  constructor(
    /** The name of the images; null where it cannot be read. */
    readonly folder: string | null,
  ) {
    super(`The kept images ${folder ?? ''} are damaged.`);
  }
}

/** A person's own images, kept on this computer. All methods reject with a `StorageError` where the browser does not store them. */
export interface KeptImageStorage {
  list(): Promise<KeptFolders>;
  /**
   * Keeps images. They are listed once all files are written; if that fails, nothing of them stays. Images that are kept already are left
   * as they are.
   * @throws FileMissing when one of the files cannot be read; InterruptedKeep when another tab removed them meanwhile
   */
  keep(folder: FolderToKeep, options?: KeepOptions): Promise<void>;
  /**
   * The files, read when they are needed; null where these images are not kept.
   * @throws DamagedFolder when files are missing or have another size
   */
  open(fingerprint: string): Promise<OpenedFolder | null>;
  forget(fingerprint: string): Promise<void>;
}
