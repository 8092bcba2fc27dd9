import type { SuitRound } from '../../../domain/suiting/suitTable';

/** What a run of a candidate takes, in milliseconds: preparing and measuring it, and each image that it is trained on. */
export interface RunCost {
  readonly fixed: number;
  readonly perImage: number;
}

/** A search as it was measured (docs/suit.md): candidates, and the images of the first round. */
export const MEASURED_SEARCH = { candidates: 8, images: 2560, rounds: 3 } as const;

/** The numbers of candidates to choose from, the most first. */
export const CANDIDATE_COUNTS = [16, 8, 4, 2] as const;
/** Images of a first round below which candidates differ by chance alone. */
const FEWEST_IMAGES = 640;
/** And steps, for large batches. */
const FEWEST_STEPS = 10;
/** Each round has this many times the images of the one before. */
const GROWTH = 2;
/** Share of the time left that is planned: the rest is for runs that take longer than their estimate. */
const PLANNED_SHARE = 0.9;

export interface Limits {
  /** The largest batch among the candidates. */
  readonly batchSize: number;
  /** Images of the person's whole run: longer rounds say nothing more about it. */
  readonly imagesOfRun: number;
}

/** How many of the best go on to round `round`, counted from 0. */
export function keptFor(candidates: number, round: number): number {
  return Math.ceil(candidates / 2 ** round);
}

/** The most candidates of each round: the person's settings, which take part in all, may come on top of those that are kept. */
export function countsOf(candidates: number): number[] {
  const counts = [candidates];
  for (let round = 1; keptFor(candidates, round) >= 2; round++) counts.push(keptFor(candidates, round) + 1);
  return counts;
}

/** Images of round `round`, counted from 0, where the first has `images`. */
export function imagesOfRound(images: number, round: number): number {
  return images * GROWTH ** round;
}

/** What rounds of these counts take: `fixed` and for each image of their first round. The slowest candidates are taken to stay. */
function costOf(counts: readonly number[], costs: readonly RunCost[]): RunCost {
  const slowest = [...costs].sort((a, b) => b.perImage - a.perImage);
  let [fixed, perImage] = [0, 0];
  counts.forEach((count, round) => {
    for (const cost of slowest.slice(0, count)) {
      fixed += cost.fixed;
      perImage += imagesOfRound(cost.perImage, round);
    }
  });
  return { fixed, perImage };
}

/** The most images of a first round of these counts that end within `milliseconds`. */
function imagesWithin(milliseconds: number, counts: readonly number[], costs: readonly RunCost[]): number {
  const { fixed, perImage } = costOf(counts, costs);
  return Math.floor((PLANNED_SHARE * milliseconds - fixed) / Math.max(perImage, 1e-9));
}

function roundsOf(counts: readonly number[], images: number): SuitRound[] {
  return counts.map((candidates, round) => ({ candidates, images: imagesOfRound(images, round) }));
}

/** Rounds that end within the time, or about how long the smallest search takes. */
export type Planned = { readonly rounds: readonly SuitRound[] } | { readonly millisecondsNeeded: number };

/**
 * Plans the rounds of a search: as many candidates as can each have the images of the measured search in the first round; where not
 * even 8 can, as many as can have the fewest.
 * @param costs of the candidates, estimated; the person's settings first
 */
export function planRounds(milliseconds: number, costs: readonly RunCost[], limits: Limits): Planned {
  const fewest = Math.max(FEWEST_IMAGES, FEWEST_STEPS * limits.batchSize);
  const wanted = Math.max(fewest, MEASURED_SEARCH.images);
  for (const count of CANDIDATE_COUNTS) {
    const counts = countsOf(Math.min(count, costs.length));
    const possible = costs.slice(0, counts[0]);
    const images = imagesWithin(milliseconds, counts, possible);
    if (images < (count > MEASURED_SEARCH.candidates ? wanted : fewest)) continue;
    const most = Math.floor(limits.imagesOfRun / imagesOfRound(1, counts.length - 1));
    return { rounds: roundsOf(counts, Math.min(images, Math.max(fewest, most))) };
  }
  const smallest = costOf(countsOf(2), costs.slice(0, 2));
  return { millisecondsNeeded: (smallest.fixed + fewest * smallest.perImage) / PLANNED_SHARE };
}

/**
 * Plans the rounds that are left anew, from what the runs so far took.
 * @param counts candidates of these rounds
 * @param costs of those of the next round
 * @param before images of the last round
 * @returns none where there is no time for more images than in the last round
 */
export function replanRounds(
  milliseconds: number,
  counts: readonly number[],
  costs: readonly RunCost[],
  limits: Limits,
  before: number,
): SuitRound[] {
  if (counts.length === 0) return [];
  const images = imagesWithin(milliseconds, counts, costs);
  const most = Math.floor(limits.imagesOfRun / imagesOfRound(1, counts.length - 1));
  const next = Math.min(images, Math.max(most, GROWTH * before));
  return next > before ? roundsOf(counts, next) : [];
}
