import { combinedError, type Estimate, exceeds } from '../accuracy';
import type { SuitEntry, SuitOutcome, SuitTable } from './suitTable';

/** What a search says about the person's settings, by the last round in which these and another candidate were measured. */
export type SuitVerdict =
  /** A candidate is ahead by more than the standard error of the difference; `isSure` where by more than two. */
  | {
      readonly kind: 'ahead';
      readonly entry: number;
      readonly round: number;
      readonly difference: Estimate;
      readonly isSure: boolean;
    }
  /** None is. `entry` is the best of the others, null where all of them diverged. */
  | {
      readonly kind: 'keep';
      readonly entry: number | null;
      readonly round: number;
      readonly difference: Estimate | null;
    }
  /** The person's settings diverged, and another candidate did not. */
  | { readonly kind: 'own-diverged'; readonly entry: number; readonly round: number; readonly score: Estimate }
  | { readonly kind: 'all-diverged'; readonly round: number }
  /** No other candidate was measured beside the person's settings. */
  | { readonly kind: 'unknown' };

/** The order of outcomes, the best first: a candidate that diverged is behind all that did not. */
export function byOutcome(a: SuitOutcome, b: SuitOutcome): number {
  if (a.kind === 'score' && b.kind === 'score') return b.value - a.value;
  return Number(a.kind === 'diverged') - Number(b.kind === 'diverged');
}

/** The candidates that were measured in a round, as indices, the best first; of equal ones the earlier. */
export function rankingOf(entries: readonly SuitEntry[], round: number): number[] {
  const measured = entries.flatMap(({ outcomes }, entry) => {
    const outcome = outcomes[round] ?? null;
    return outcome === null ? [] : [{ entry, outcome }];
  });
  return measured.sort((a, b) => byOutcome(a.outcome, b.outcome)).map(({ entry }) => entry);
}

export function suitVerdict({ entries, rounds }: Pick<SuitTable, 'entries' | 'rounds'>): SuitVerdict {
  for (let round = rounds.length - 1; round >= 0; round--) {
    const best = rankingOf(entries, round).find((entry) => entry !== 0);
    const own = ownOutcome(entries[0], round);
    if (best === undefined || own === null) continue;
    return compared(own, entries[best]?.outcomes[round] ?? null, best, round);
  }
  return { kind: 'unknown' };
}

/** Settings that diverged are not trained again. */
function ownOutcome(own: SuitEntry | undefined, round: number): SuitOutcome | null {
  const diverged = own?.outcomes.slice(0, round).find((outcome) => outcome?.kind === 'diverged');
  return diverged ?? own?.outcomes[round] ?? null;
}

function compared(own: SuitOutcome, other: SuitOutcome | null, entry: number, round: number): SuitVerdict {
  if (other === null || other.kind === 'diverged') {
    return own.kind === 'diverged'
      ? { kind: 'all-diverged', round }
      : { kind: 'keep', entry: null, round, difference: null };
  }
  if (own.kind === 'diverged') return { kind: 'own-diverged', entry, round, score: other };
  const difference = { value: other.value - own.value, standardError: combinedError(other, own) };
  if (!(difference.value > difference.standardError)) return { kind: 'keep', entry, round, difference };
  return { kind: 'ahead', entry, round, difference, isSure: exceeds(other, own) };
}
