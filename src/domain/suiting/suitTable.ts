import type { Estimate } from '../accuracy';
import type { RunConfig } from '../runConfig';

/** How long a search for settings may take, in minutes. */
export const SUIT_MINUTES = [1, 3, 10] as const;
export type SuitMinutes = (typeof SUIT_MINUTES)[number];

/** What the candidates are ranked by: kNN among the training images, or, without classes, retrieval of an image's other view. */
export type SuitMeasure = 'knn' | 'viewRetrieval';

/** A round of the search: all its candidates are trained anew, each on as many images. */
export interface SuitRound {
  readonly candidates: number;
  /** Images that each is trained on, counted as often as they are used. */
  readonly images: number;
}

/** How a candidate did in a round: a share in [0, 1] with its standard error. */
export type SuitOutcome = ({ readonly kind: 'score' } & Estimate) | { readonly kind: 'diverged' };

export interface SuitEntry {
  /** Complete settings, of the length that has as many images as the person's. */
  readonly config: RunConfig;
  /** By round; null where it was not measured. */
  readonly outcomes: readonly (SuitOutcome | null)[];
  /** The round after which it was dropped; null where it was not. */
  readonly outAfter: number | null;
}

/** What the search does now. */
export type SuitTask =
  /** A short run of the person's settings, from which the rounds are planned. */
  | { readonly kind: 'speed' }
  /** `share`: of the candidate's training in this round that is done, in [0, 1]. */
  | { readonly kind: 'run'; readonly round: number; readonly entry: number; readonly share: number };

/** How a search ended: after its last round; when the time was over; or before the first round, which the time is too short for. */
export type SuitEnding = 'complete' | 'out-of-time' | 'too-slow';

/** The evidence of a search for settings, so far. */
export interface SuitTable {
  readonly measure: SuitMeasure;
  /** Images that the shares are of. */
  readonly tested: number;
  /** As planned so far; empty before the first plan. */
  readonly rounds: readonly SuitRound[];
  /** The candidates; the first has the person's settings, which take part in every round. */
  readonly entries: readonly SuitEntry[];
  /** null once it has ended. */
  readonly task: SuitTask | null;
  /** An estimate; null before it is known. */
  readonly secondsLeft: number | null;
  /** null before the end. */
  readonly ending: SuitEnding | null;
  /** Where the time is too short: about what the smallest search takes. */
  readonly secondsNeeded: number | null;
}
