import { exceeds } from '../../../domain/accuracy';
import type { BottomLine, Comparison, Verdict } from '../../../domain/bottomLine';

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  yes: 'Better than raw pixels',
  partly: 'Better only in part',
  no: 'Not better',
};

/** The answer in a few words. */
export function shortAnswer({ verdict, comparisons: [first] }: BottomLine): string {
  if (first.given !== undefined) {
    if (exceeds(first.given, first.trained)) return 'Better as it came';
    if (verdict === 'yes') return 'Better than it came';
  }
  const isBelowPixels = exceeds(first.rawPixels, first.trained);
  return verdict === 'partly' && isBelowPixels ? 'Raw pixels are better' : VERDICT_WORDS[verdict];
}

/** What a measure is called beside its numbers. */
export const MEASURE_WORDS: Readonly<Record<Comparison['measure'], string>> = {
  'view retrieval': 'second view found',
  'kNN accuracy': 'kNN accuracy',
  'linear probe': 'linear probe',
};

/** “71 %”, “6.3 %” */
export function shortShare(value: number): string {
  const percent = 100 * value;
  return `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}
