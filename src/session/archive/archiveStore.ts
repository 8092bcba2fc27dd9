import { createStore } from 'zustand/vanilla';
import type { RunParent } from '../../domain/keptRun';
import type { RunRecord } from '../../storage/runRecord';
import type { StorageProblem } from '../../storage/runStorage';
import type { SeriesSet } from '../run/series';

/** Number of kept runs that can be laid over the charts: there are this many distinguishable line styles. */
export const MAX_OVERLAYS = 5;

/** A kept run whose curves are drawn on the charts. */
export interface Overlay {
  readonly id: string;
  /** 0 to MAX_OVERLAYS - 1: its line style, which stays the same while it is shown. */
  readonly slot: number;
  readonly series: SeriesSet;
  /** Where the curves are means over several seeds of a run, of which `id` is the first; null for those of one run. */
  readonly mean: {
    readonly name: string;
    readonly ids: readonly string[];
    /** Standard deviation over the seeds at each step. */
    readonly deviation: SeriesSet;
  } | null;
}

/** What the archive knows about the run on the page beyond the run store. */
export interface LiveRun {
  readonly id: string;
  readonly name: string | null;
  readonly created: number;
  readonly parent: RunParent | null;
}

export interface ArchiveState {
  /** Whether the storage has been read. */
  readonly loaded: boolean;
  /** Earlier runs and runs of other tabs, newest first. */
  readonly runs: readonly RunRecord[];
  /** The run on the page, from its first step on. */
  readonly live: LiveRun | null;
  readonly overlays: readonly Overlay[];
  /** Runs that train in other tabs, by id. */
  readonly elsewhere: ReadonlySet<string>;
  /** Runs deleted since the page was opened, the last deleted first; each can be restored. */
  readonly deleted: readonly RunRecord[];
  /** Runs in the storage that cannot be read. */
  readonly unreadable: number;
  /** Why runs are not stored beyond the page; null while they are. */
  readonly problem: StorageProblem | null;
}

export function createArchiveStore() {
  return createStore<ArchiveState>(() => ({
    loaded: false,
    runs: [],
    live: null,
    overlays: [],
    elsewhere: new Set(),
    deleted: [],
    unreadable: 0,
    problem: null,
  }));
}
