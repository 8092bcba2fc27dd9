import type { SuitRound } from '../../../domain/suiting/suitTable';
import {
  CANDIDATE_COUNTS,
  countsOf,
  imagesOfRound,
  type Limits,
  MEASURED_SEARCH,
  type Planned,
  planRounds,
  type RunCost,
  replanRounds,
} from './plan';

/** How the rounds of a search are planned. */
export interface Planning {
  /** The most candidates. */
  readonly candidates: number;
  /** Whether a short run is needed first, from which the costs are estimated. */
  readonly needsSpeed: boolean;
  /** Milliseconds until the search has to end. */
  left(): number;
  plan(costs: readonly RunCost[]): Planned;
  /** The rounds from `round` on, once the ones before have ended; `before` is the last of them, `costs` are those of the candidates left. */
  replan(rounds: readonly SuitRound[], round: number, costs: readonly RunCost[]): SuitRound[];
}

/** Rounds that end within a time. @param now a clock in milliseconds */
export function withinTime(milliseconds: number, limits: Limits, now: () => number): Planning {
  const end = now() + milliseconds;
  const left = () => end - now();
  return {
    candidates: CANDIDATE_COUNTS[0],
    needsSpeed: true,
    left,
    plan: (costs) => planRounds(left(), costs, limits),
    replan: (rounds, round, costs) => {
      const counts = [costs.length, ...rounds.slice(round + 1).map(({ candidates }) => candidates)];
      return replanRounds(left(), counts, costs, limits, rounds[round - 1].images);
    },
  };
}

/** The rounds of the measured search, however long they take. */
export function asMeasured(): Planning {
  const { candidates, images, rounds } = MEASURED_SEARCH;
  return {
    candidates,
    needsSpeed: false,
    left: () => Number.POSITIVE_INFINITY,
    plan: (costs) => ({
      rounds: countsOf(costs.length)
        .slice(0, rounds)
        .map((count, round) => ({ candidates: count, images: imagesOfRound(images, round) })),
    }),
    replan: (all, round, costs) =>
      all.slice(round).map((later, i) => (i === 0 ? { ...later, candidates: costs.length } : later)),
  };
}
