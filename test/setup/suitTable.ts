import { presetConfig } from '../../src/domain/presets';
import type { RunConfig } from '../../src/domain/runConfig';
import type { SuitEntry, SuitOutcome, SuitTable } from '../../src/domain/suiting/suitTable';
import { candidatesAround } from '../../src/engine/run/suit/candidates';

export const score = (value: number, standardError = 0.016): SuitOutcome => ({ kind: 'score', value, standardError });

/** By candidate and round; the person's settings first. */
type Outcomes = readonly (readonly (SuitOutcome | null)[])[];

const OUTCOMES: Outcomes = [
  [score(0.2), score(0.23, 0.015)],
  [score(0.25), score(0.29)],
  [score(0.1)],
  [{ kind: 'diverged' }],
];

/** The evidence of a search of two rounds and four candidates around the preset `tiny`. */
export function suitTable(
  change: Partial<SuitTable> = {},
  outcomes: Outcomes = OUTCOMES,
  own: RunConfig = presetConfig('tiny', 'fashion-mnist'),
): SuitTable {
  const configs = candidatesAround(own, outcomes.length, () => true);
  return {
    measure: 'knn',
    tested: 400,
    rounds: [
      { candidates: 4, images: 2560 },
      { candidates: 2, images: 5120 },
    ],
    entries: configs.map(
      (config, i): SuitEntry => ({
        config,
        outcomes: outcomes[i] ?? [],
        outAfter: outcomes[i]?.length === 1 ? 0 : null,
      }),
    ),
    task: null,
    secondsLeft: null,
    ending: 'complete',
    secondsNeeded: null,
    ...change,
  };
}
