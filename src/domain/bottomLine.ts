import type { Estimate } from './accuracy';

/** An encoder, the weights that its training began with, the untrained network with the same layers, and raw pixels. */
export const COMPARED = ['trained', 'given', 'untrained', 'rawPixels'] as const;
export type Compared = (typeof COMPARED)[number];

/** The same of each of them; `given` is left out where training began with random weights. */
export type OfEach<T> = Readonly<Record<Exclude<Compared, 'given'>, T>> & { readonly given?: T | undefined };

/** Maps each one that there is, one after another, in the order of `COMPARED`. */
export async function mapEach<T, R>(of: OfEach<T>, map: (value: T) => Promise<R>): Promise<OfEach<R>> {
  const trained = await map(of.trained);
  const given = of.given === undefined ? {} : { given: await map(of.given) };
  return { trained, ...given, untrained: await map(of.untrained), rawPixels: await map(of.rawPixels) };
}

/** Shares in [0, 1] of the same images. */
export interface MeasuredShare extends OfEach<number> {
  /** Images that were asked for. */
  readonly images: number;
}

/** `partly`: above all that it is compared with by one measure and not by another, or above the untrained network alone. */
export type Verdict = 'yes' | 'partly' | 'no';

/** Shares with their binomial standard errors. */
export interface Comparison extends OfEach<Estimate> {
  readonly measure: 'view retrieval' | 'kNN accuracy' | 'linear probe';
  readonly images: number;
}

/** Whether an embedding is better for some images than the weights that it began with, the untrained network and raw pixels. */
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
