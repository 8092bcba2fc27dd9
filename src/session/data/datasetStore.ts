import { createStore } from 'zustand/vanilla';
import type { DatasetInfo, SkippedFile } from '../../domain/imageDataset';
import type { FolderReference } from '../../domain/shareLink';

/** A load under way. */
export interface LoadProgress {
  /** What is being loaded, for people. */
  readonly name: string;
  readonly done: number;
  /** Unknown (null) while a folder or a zip is still being listed. */
  readonly total: number | null;
  readonly unit: 'images' | 'bytes';
  /** Units a second, and seconds to go; null until they can be estimated. */
  readonly rate: number | null;
  readonly remaining: number | null;
}

export interface DatasetStoreState {
  /** The data set in use; its pixels are the worker's. */
  readonly info: DatasetInfo | null;
  readonly skipped: readonly SkippedFile[];
  readonly loading: LoadProgress | null;
  /** Why the last load failed; the data set in use stayed. */
  readonly problem: string | null;
  /** The folder that an opened link asks for. */
  readonly wanted: FolderReference | null;
}

export type DatasetStore = ReturnType<typeof createDatasetStore>;

export function createDatasetStore() {
  return createStore<DatasetStoreState>(() => ({
    info: null,
    skipped: [],
    loading: null,
    problem: null,
    wanted: null,
  }));
}
