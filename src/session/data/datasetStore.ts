import { createStore } from 'zustand/vanilla';
import type { Derivation } from '../../domain/derivation';
import type { FolderCorrections } from '../../domain/folderCorrections';
import type { FolderPlan } from '../../domain/folderPlan';
import type { DatasetInfo, SampleId, SkippedFile } from '../../domain/imageDataset';
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

/** A part of a sample that is in use. */
export interface SamplePart {
  readonly id: SampleId;
  readonly count: number;
  /** Images of the whole sample. */
  readonly total: number;
  /** Whether the run keeps to these images: it was started with them, or its settings name them. Until then the whole sample takes their place. */
  readonly isFixed: boolean;
  /** Whether the page loads the other images by itself and has not yet, has them, or loads them only for a run that needs them. */
  readonly rest: 'coming' | 'here' | 'away';
}

/** A folder that is asked for, and how the images of the run are derived from its. */
export interface WantedFolder extends FolderReference {
  readonly derivation?: Derivation | undefined;
}

export interface DatasetStoreState {
  /** The data set in use, without its pixels, which the worker holds. */
  readonly info: DatasetInfo | null;
  /** Of which sample it is a part; null where all images of the data set are in use. */
  readonly part: SamplePart | null;
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
  readonly wanted: WantedFolder | null;
  /** Whether other images can be chosen of those that were loaded. false: they are chosen ones themselves, from a project file. */
  readonly isWholeHeld: boolean;
  /** What the person should know about the splits of derived images, in sentences. */
  readonly derivationNotes: readonly string[];
}

/** What is shown of a failed load. */
export type LoadProblem = Pick<DatasetStoreState, 'problem' | 'problemFiles' | 'fittingBatch'>;

export const NO_PROBLEM: LoadProblem = { problem: null, problemFiles: [], fittingBatch: null };

export type DatasetStore = ReturnType<typeof createDatasetStore>;

export function createDatasetStore() {
  return createStore<DatasetStoreState>(() => ({
    info: null,
    part: null,
    isCompressed: false,
    skipped: [],
    plan: null,
    correcting: null,
    loading: null,
    ...NO_PROBLEM,
    wanted: null,
    isWholeHeld: true,
    derivationNotes: [],
  }));
}
