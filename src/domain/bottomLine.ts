import type { Estimate } from './accuracy';

/** What an encoder is compared with: itself, the untrained network with the same layers, and raw pixels. */
export const COMPARED = ['trained', 'untrained', 'rawPixels'] as const;
export type Compared = (typeof COMPARED)[number];

/** The same of each of them. */
export type OfEach<T> = Readonly<Record<Compared, T>>;

/** Shares in [0, 1] of the same images. */
export interface MeasuredShare extends OfEach<number> {
  /** Images that were asked for. */
  readonly images: number;
}

/** `partly`: above the untrained network and raw pixels by one measure and not by another, or above the untrained network alone. */
export type Verdict = 'yes' | 'partly' | 'no';

/** Shares with their binomial standard errors. */
export interface Comparison extends OfEach<Estimate> {
  readonly measure: 'view retrieval' | 'kNN accuracy' | 'linear probe';
  readonly images: number;
}

/** Whether an embedding is better for some images than the untrained network and than raw pixels. */
export interface BottomLine {
  readonly verdict: Verdict;
  /** The verdict as a sentence. */
  readonly answer: string;
  /** The same with the numbers. */
  readonly sentence: string;
  /** What to try next, the most promising first. */
  readonly advice: readonly string[];
  /** Those that decide first. */
  readonly comparisons: readonly Comparison[];
}
