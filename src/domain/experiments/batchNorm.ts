import type { Experiment } from './experiment';
import { both, compare, endsIn, isOneOf, judge, learns, staysSpread } from './judge';
import { CANNOT_TELL, fixed, knnWords, percent, stdWords } from './words';

export const batchNorm: Experiment = {
  name: 'bn',
  title: 'Table 3: BN in the heads',
  source: 'Sec. 4.4, Table 3',
  question: 'Where do the two heads need batch normalisation?',
  claim:
    'Without BN 34.6 %, difficult to optimise; on hidden layers 67.4 %; also on the projector’s output 68.1 %; also on the predictor’s output unstable.',
  runs: [
    { id: 'none', label: 'none', settings: { headBatchNorm: 'none' }, paper: 34.6 },
    { id: 'hidden', label: 'hidden layers', settings: { headBatchNorm: 'hidden' }, paper: 67.4 },
    { id: 'output', label: 'hidden and projector output', settings: { headBatchNorm: 'outputAffine' }, paper: 68.1 },
    { id: 'all', label: 'everywhere', settings: { headBatchNorm: 'all' }, paper: null, paperNote: 'unstable' },
  ],
  verdict(of) {
    const [none, hidden, output, all] = ['none', 'hidden', 'output', 'all'].map(of);
    if (none === null || hidden === null || output === null || all === null) return CANNOT_TELL;
    return judge([
      {
        text: `with BN on hidden layers it works, ${knnWords(hidden)} against ${percent(hidden.untrainedKnn)} untrained, ${stdWords(hidden)}`,
        holds: both(staysSpread(hidden), learns(hidden)),
      },
      {
        text: `without BN it learns less, ${knnWords(none)} against ${percent(hidden.knn)}`,
        holds: isOneOf(compare(none.knn, hidden.knn), 'lower'),
      },
      { text: `without BN it is slow, and does not come near a collapse, ${stdWords(none)}`, holds: staysSpread(none) },
      {
        text: `with BN on the projector’s output, too, it works as well or better, ${knnWords(output)}`,
        holds: both(staysSpread(output), isOneOf(compare(output.knn, hidden.knn), 'higher', 'alike')),
      },
      {
        text: `with BN everywhere it is unstable, loss ${fixed(all.loss)}, ${[...new Set(all.states)].join(', ')}`,
        holds: endsIn(all, 'oscillation', 'diverged'),
      },
    ]);
  },
};
