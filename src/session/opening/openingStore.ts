import { createStore } from 'zustand/vanilla';
import type { EncoderFacts } from '../../domain/takeAlong';

/** An encoder from a file or of a kept run, which the worker holds. */
export interface OpenedEncoderInfo extends EncoderFacts {
  /** Of the file, or of the run with its step. */
  readonly name: string;
  /** null where it is from a file. */
  readonly keptId: string | null;
  /** Whether it is known what images are normalised with. */
  readonly isNormalisationStated: boolean;
  /** What was found, left out and assumed. */
  readonly notes: readonly string[];
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
  /** Whether a run is being made from the opened weights. */
  readonly isBeginning: boolean;
  /** The encoder that was opened last, by which embeddings can be made; null before the first. */
  readonly openedEncoder: OpenedEncoderInfo | null;
}

export type OpeningStore = ReturnType<typeof createOpeningStore>;

export function createOpeningStore() {
  return createStore<OpeningState>(() => ({ checking: null, problem: null, isBeginning: false, openedEncoder: null }));
}
