import type { Experiment } from './experiment';
import { compare, type Finding, isOneOf, judge, staysSpread, summariesOf } from './judge';
import { CANNOT_TELL, knnWords, percent, stdWords } from './words';

export const simclrParts: Experiment = {
  name: 'simclr-parts',
  title: 'SimCLR with SimSiam’s parts',
  source: 'Sec. 6.2',
  question: 'Do a predictor and stop-gradient help SimCLR, where negative pairs prevent the collapse?',
  claim: 'No: 66.5 % plain, 66.4 with a predictor, 66.0 with predictor and stop-gradient.',
  runs: [
    { id: 'plain', label: 'SimCLR', method: 'simclr', settings: {}, paper: 66.5 },
    { id: 'predictor', label: 'with predictor', method: 'simclr', settings: { predictor: 'trained' }, paper: 66.4 },
    {
      id: 'both',
      label: 'predictor and stop-gradient',
      method: 'simclr',
      settings: { predictor: 'trained', stopGradient: true },
      paper: 66.0,
    },
  ],
  verdict(of) {
    const made = summariesOf(simclrParts.runs, of);
    if (made === null) return CANNOT_TELL;
    const [plain, ...parts] = made;
    if (plain === undefined) return CANNOT_TELL;
    const spread = made.map(
      ({ run, summary }): Finding => ({
        text: `${run.label}: the outputs stay spread, ${stdWords(summary)}`,
        holds: staysSpread(summary),
      }),
    );
    const gains = parts.map(
      ({ run, summary }): Finding => ({
        text: `${run.label}: no gain, ${knnWords(summary)} against ${percent(plain.summary.knn)}`,
        holds: isOneOf(compare(summary.knn, plain.summary.knn), 'lower', 'alike'),
        isRequired: true,
      }),
    );
    return judge([...spread, ...gains]);
  },
};
