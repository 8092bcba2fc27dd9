import { createStore } from 'zustand/vanilla';

/** An encoder from a file, which the worker holds. */
export interface OpenedEncoderInfo {
  /** Of the file. */
  readonly name: string;
  /** The title of its backbone. */
  readonly backbone: string;
  readonly featureDim: number;
  /** Side in pixels of the images that it was trained on. */
  readonly imageSize: number;
}

export interface OpeningState {
  /** The file that is being checked; null where there is none. */
  readonly checking: {
    readonly name: string;
    /** Of what is counted; null before it is known. */
    readonly share: number | null;
  } | null;
  /** Why the last file could not be opened; lists have a line for each entry. */
  readonly problem: string | null;
  /** The encoder that was opened last, by which embeddings can be made; null before the first. */
  readonly openedEncoder: OpenedEncoderInfo | null;
}

export type OpeningStore = ReturnType<typeof createOpeningStore>;

export function createOpeningStore() {
  return createStore<OpeningState>(() => ({ checking: null, problem: null, openedEncoder: null }));
}
