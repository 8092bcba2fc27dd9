import type { Experiment } from './experiment';
import { both, compare, type Finding, isOneOf, judge, learns, staysSpread, summariesOf } from './judge';
import { CANNOT_TELL, knnWords, percent, stdWords } from './words';

const INNER = [
  { k: 1, paper: 68.1 },
  { k: 10, paper: 68.7 },
  { k: 100, paper: 68.9 },
] as const;

export const alternation: Experiment = {
  name: 'alternation',
  title: 'Alternating optimisation',
  source: 'Sec. 5.2',
  question: 'Is SimSiam an alternating optimisation with one inner step?',
  claim:
    'The targets of 10 or 100 steps can be computed in advance and held constant: 68.7 and 68.9 %, against 68.1 % with one step.',
  runs: INNER.map(({ k, paper }) => ({
    id: `${k}`,
    label: k === 1 ? '1 step: SimSiam' : `${k} steps`,
    settings: { alternation: k },
    paper,
  })),
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
