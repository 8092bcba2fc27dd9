import { createStore } from 'zustand/vanilla';
import type { BottomLine } from '../../domain/bottomLine';
import type { Clusters, Exploration, ExploredBy } from '../../domain/exploration';
import type { AlikeLimits } from './duplicates';
import type { KeptSelection } from './keptSelections';

export const EXPLORE_VIEWS = ['map', 'duplicates', 'clusters', 'outliers', 'quality', 'neighbours'] as const;
export type ExploreView = (typeof EXPLORE_VIEWS)[number];

/** What is being done to explore the images. */
export type ExploringTask =
  /** In images. `rate`: images per second, null until it is known. */
  | { readonly kind: 'embedding'; readonly done: number; readonly total: number | null; readonly rate: number | null }
  /** Clusters and the map, which forms meanwhile. */
  | { readonly kind: 'arranging'; readonly done: number; readonly total: number | null }
  /** The search for near duplicates, after the map. `done`: a share of `total`, which is 1. */
  | { readonly kind: 'comparing'; readonly done: number; readonly total: number };

/** What is known of whether the embedding is better than the untrained network and than raw pixels. */
export type Measuring =
  /** It was not measured. `aboutMs`: how long that takes, about. */
  | { readonly kind: 'not measured'; readonly aboutMs: number }
  /** In pictures; `total` is null until it is known. */
  | { readonly kind: 'being measured'; readonly done: number; readonly total: number | null }
  | { readonly kind: 'measured'; readonly line: BottomLine }
  | { readonly kind: 'failed'; readonly problem: string };

/** What the grid beside the map lists. */
export interface Listed {
  /** What they have in common, as a title. */
  readonly title: string;
  /** Indices in the data set. */
  readonly images: readonly number[];
  /** The cosine of each to the query; null where they were not searched for. */
  readonly similarities: readonly number[] | null;
  /** The image or the picture that was searched by; null where they were not searched for. */
  readonly query: number | Blob | null;
}

/** A kept run, by whose encoder images are compared. */
export interface KeptRunToExplore {
  readonly id: string;
  readonly name: string;
}

export interface ExploringState {
  readonly view: ExploreView;
  /** What the next exploration compares the images by. */
  readonly by: ExploredBy;
  /** The run whose encoder is opened for it where `by` is `opened`; null for the one that is open. */
  readonly byKept: KeptRunToExplore | null;
  readonly task: ExploringTask | null;
  /** Why the last exploration or search failed. */
  readonly problem: string | null;
  /** null before the first exploration of the images in use. */
  readonly exploration: Exploration | null;
  /** The kept run by whose encoder that was; null for another encoder, or for pixels. */
  readonly exploredKept: string | null;
  /** Of the encoder of that exploration; null where there is none: before it, and for raw pixels. */
  readonly measuring: Measuring | null;
  readonly clusters: Clusters | null;
  /** [n, 2]: the map, while it forms and afterwards; null before its first positions. */
  readonly positions: Float32Array<ArrayBuffer> | null;
  /** What the grid lists; null: all images. */
  readonly listed: Listed | null;
  readonly chosen: ReadonlySet<number>;
  readonly isSearching: boolean;
  /** Images without a tick in the lists of duplicates. */
  readonly leftOut: ReadonlySet<number>;
  /** null before the first exploration. */
  readonly limits: AlikeLimits | null;
  /** The selections with a name of the images in use. */
  readonly kept: readonly KeptSelection[];
}

/** What is known of no images. */
export const NOTHING_EXPLORED = {
  task: null,
  problem: null,
  exploration: null,
  exploredKept: null,
  measuring: null,
  clusters: null,
  positions: null,
  listed: null,
  chosen: new Set<number>(),
  isSearching: false,
  leftOut: new Set<number>(),
  limits: null,
} as const satisfies Partial<ExploringState>;

export type ExploringStore = ReturnType<typeof createExploringStore>;

export function createExploringStore() {
  return createStore<ExploringState>(() => ({
    ...NOTHING_EXPLORED,
    view: 'map',
    by: 'run',
    byKept: null,
    kept: [],
  }));
}
