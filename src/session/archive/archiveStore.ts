import { createStore } from 'zustand/vanilla';
import type { RunRecord } from '../../storage/runRecord';
import type { StorageProblem } from '../../storage/runStorage';
import type { SeriesSet } from '../run/series';

/** At most this many kept runs are laid over the charts: as many as there are line styles that can be told apart. */
export const MAX_OVERLAYS = 5;

/** A kept run whose curves are drawn on the charts. */
export interface Overlay {
  readonly id: string;
  /** 0 to MAX_OVERLAYS - 1: its line style, the same for as long as it is shown. */
  readonly slot: number;
  readonly series: SeriesSet;
}

/** What the archive adds to the run store's state of the run on the page. */
export interface LiveRun {
  readonly id: string;
  readonly name: string | null;
  readonly created: number;
}

export interface ArchiveState {
  /** Whether the storage has been read. */
  readonly loaded: boolean;
  /** The runs before the one on the page, and those of other tabs, newest first. */
  readonly runs: readonly RunRecord[];
  /** The run on the page, from its first step on. */
  readonly live: LiveRun | null;
  readonly overlays: readonly Overlay[];
  /** Deleted since the page was opened, the latest first: each can be brought back. */
  readonly deleted: readonly RunRecord[];
  /** Runs in the storage that cannot be read. */
  readonly unreadable: number;
  /** Why runs do not outlive the page; null while they do. */
  readonly problem: StorageProblem | null;
}

export type ArchiveStore = ReturnType<typeof createArchiveStore>;

export function createArchiveStore() {
  return createStore<ArchiveState>(() => ({
    loaded: false,
    runs: [],
    live: null,
    overlays: [],
    deleted: [],
    unreadable: 0,
    problem: null,
  }));
}
