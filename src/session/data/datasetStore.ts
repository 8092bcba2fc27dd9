import { createStore } from 'zustand/vanilla';
import type { DatasetInfo, SkippedFile } from '../../domain/imageDataset';
import type { FolderReference } from '../../domain/shareLink';

/** The progress of the current load. */
export interface LoadProgress {
  /** The name to show of what is being loaded. */
  readonly name: string;
  readonly done: number;
  /** null while a folder or an archive is still being listed. */
  readonly total: number | null;
  readonly unit: 'images' | 'bytes';
  /** Units per second, and remaining seconds; null until they can be estimated. */
  readonly rate: number | null;
  readonly remaining: number | null;
}

export interface DatasetStoreState {
  /** The data set in use, without its pixels, which the worker holds. */
  readonly info: DatasetInfo | null;
  /** The files of the data set in use that were skipped. */
  readonly skipped: readonly SkippedFile[];
  readonly loading: LoadProgress | null;
  /** Why the last load failed, in which case the data set in use stayed. */
  readonly problem: string | null;
  /** The files that were skipped in that load. */
  readonly problemFiles: readonly SkippedFile[];
  /** The folder that an opened link asks for. */
  readonly wanted: FolderReference | null;
}

/** What is shown of a failed load. */
export type LoadProblem = Pick<DatasetStoreState, 'problem' | 'problemFiles'>;

export const NO_PROBLEM: LoadProblem = { problem: null, problemFiles: [] };

export type DatasetStore = ReturnType<typeof createDatasetStore>;

export function createDatasetStore() {
  return createStore<DatasetStoreState>(() => ({
    info: null,
    skipped: [],
    loading: null,
    ...NO_PROBLEM,
    wanted: null,
  }));
}
