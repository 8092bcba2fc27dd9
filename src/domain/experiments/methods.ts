import type { Experiment } from './experiment';
import { both, compare, type Finding, isOneOf, judge, learns, staysSpread, summariesOf } from './judge';
import { CANNOT_TELL, knnWords, percent, stdWords } from './words';

export const family: Experiment = {
  name: 'family',
  title: 'Table 4: four methods',
  source: 'Sec. 6, Table 4, Fig. 3',
  question: 'How do four methods that prevent collapse in different ways compare on the same images?',
  claim: 'All four learn without collapsing; after 100 epochs SimSiam leads (68.1 against 66.5 %).',
  runs: [
    { id: 'simsiam', label: 'SimSiam', method: 'simsiam', settings: {}, paper: 68.1 },
    { id: 'byol', label: 'BYOL', method: 'byol', settings: {}, paper: 66.5 },
    { id: 'simclr', label: 'SimCLR', method: 'simclr', settings: {}, paper: 66.5 },
    { id: 'swav', label: 'SwAV', method: 'swav', settings: {}, paper: 66.5 },
  ],
  verdict(of) {
    const made = summariesOf(family.runs, of);
    if (made === null) return CANNOT_TELL;
    const [simsiam, ...others] = made;
    if (simsiam === undefined) return CANNOT_TELL;
    const learn = made.map(
      ({ run, summary }): Finding => ({
        text: `${run.label} learns without collapsing, ${stdWords(summary)}, ${knnWords(summary)} against ${percent(summary.untrainedKnn)} untrained`,
        holds: both(staysSpread(summary), learns(summary)),
      }),
    );
    const leads = others.map(
      ({ run, summary }): Finding => ({
        text: `SimSiam is ahead of ${run.label}, ${knnWords(simsiam.summary)} against ${percent(summary.knn)}`,
        holds: isOneOf(compare(simsiam.summary.knn, summary.knn), 'higher'),
      }),
    );
    return judge([...learn, ...leads]);
  },
};
