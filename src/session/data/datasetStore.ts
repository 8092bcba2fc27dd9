import { createStore } from 'zustand/vanilla';
import type { FolderCorrections } from '../../domain/folderCorrections';
import type { FolderPlan } from '../../domain/folderPlan';
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
  /** Whether its pictures are kept compressed, since they take too much memory. */
  readonly isCompressed: boolean;
  /** The files of the data set in use that were skipped. */
  readonly skipped: readonly SkippedFile[];
  /** How the folders of the data set in use were read; null for a sample. */
  readonly plan: FolderPlan | null;
  /** Corrections of folders that are being carried out; null when those of the plan hold. */
  readonly correcting: FolderCorrections | null;
  readonly loading: LoadProgress | null;
  /** Why the last load failed, in which case the data set in use stayed. */
  readonly problem: string | null;
  /** The files that were skipped in that load. */
  readonly problemFiles: readonly SkippedFile[];
  /** A batch size with which the images of that load can be trained on, where the chosen one was too large for them; else null. */
  readonly fittingBatch: number | null;
  /** The folder that an opened link asks for. */
  readonly wanted: FolderReference | null;
}

/** What is shown of a failed load. */
export type LoadProblem = Pick<DatasetStoreState, 'problem' | 'problemFiles' | 'fittingBatch'>;

export const NO_PROBLEM: LoadProblem = { problem: null, problemFiles: [], fittingBatch: null };

export type DatasetStore = ReturnType<typeof createDatasetStore>;

export function createDatasetStore() {
  return createStore<DatasetStoreState>(() => ({
    info: null,
    isCompressed: false,
    skipped: [],
    plan: null,
    correcting: null,
    loading: null,
    ...NO_PROBLEM,
    wanted: null,
  }));
}
