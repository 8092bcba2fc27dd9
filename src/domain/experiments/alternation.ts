import type { Experiment } from './experiment';
import { both, compare, type Finding, isOneOf, judge, learns, staysSpread, summariesOf } from './judge';
import { CANNOT_TELL, knnWords, percent, stdWords } from './words';

/** `k` inner steps; 0 stands for those of an epoch. */
const INNER = [
  { id: '1', label: '1 step: SimSiam', k: 1, paper: 68.1 },
  { id: '10', label: '10 steps', k: 10, paper: 68.7 },
  { id: '100', label: '100 steps', k: 100, paper: 68.9 },
  { id: 'epoch', label: '1 epoch', k: 0, paper: 67.0 },
] as const;

export const alternation: Experiment = {
  name: 'alternation',
  title: 'Alternating optimisation',
  source: 'Sec. 5.2',
  question: 'Is SimSiam an alternating optimisation with one inner step?',
  claim:
    'The targets of 10 or 100 steps, or of an epoch, can be computed in advance and held constant: 68.7, 68.9 and 67.0 %, against 68.1 % with one step.',
  // The targets of an epoch are computed anew at least twice.
  leastEpochs: 3,
  runs: INNER.map(({ id, label, k, paper }) => ({ id, label, settings: { alternation: k }, paper })),
  verdict(of) {
    const made = summariesOf(alternation.runs, of);
    if (made === null) return CANNOT_TELL;
    const [one] = made;
    if (one === undefined) return CANNOT_TELL;
    const works = made.map(
      ({ run, summary }, i): Finding => ({
        text: `${run.label}: the outputs stay spread and it learns, ${stdWords(summary)}, ${knnWords(summary)} against ${percent(summary.untrainedKnn)} untrained`,
        holds: both(staysSpread(summary), learns(summary)),
        isRequired: i === 0,
      }),
    );
    const asGood = made.slice(1).map(
      ({ run, summary }): Finding => ({
        text: `${run.label}: no worse than one step, ${knnWords(summary)} against ${percent(one.summary.knn)}`,
        holds: isOneOf(compare(summary.knn, one.summary.knn), 'higher', 'alike'),
      }),
    );
    return judge([...works, ...asGood]);
  },
};
