import type { Experiment } from './experiment';
import { both, compare, isOneOf, judge, staysSpread } from './judge';
import { CANNOT_TELL, knnWords, percent, stdWords } from './words';

export const symmetry: Experiment = {
  name: 'symmetry',
  title: 'Symmetrisation',
  source: 'Sec. 4.6',
  question: 'Must both views be predicted from each other, or is one direction enough?',
  claim:
    'Symmetric 68.1 %, asymmetric 64.8 %, asymmetric with twice the pairs 67.3 %: symmetrisation improves accuracy, but is not what prevents collapse.',
  runs: [
    { id: 'symmetric', label: 'symmetric', settings: { symmetrization: 'symmetric' }, paper: 68.1 },
    { id: 'asymmetric', label: 'asymmetric', settings: { symmetrization: 'asymmetric' }, paper: 64.8 },
    { id: 'asymmetric2x', label: 'asymmetric, 2× pairs', settings: { symmetrization: 'asymmetric2x' }, paper: 67.3 },
  ],
  verdict(of) {
    const [symmetric, asymmetric, twice] = ['symmetric', 'asymmetric', 'asymmetric2x'].map(of);
    if (symmetric === null || asymmetric === null || twice === null) return CANNOT_TELL;
    return judge([
      { text: `the symmetric loss does not collapse, ${stdWords(symmetric)}`, holds: staysSpread(symmetric) },
      {
        text: `nor does the asymmetric one, ${stdWords(asymmetric)}`,
        holds: staysSpread(asymmetric),
        isRequired: true,
      },
      {
        text: `the symmetric loss is the better one, ${knnWords(symmetric)} against ${percent(asymmetric.knn)}`,
        holds: isOneOf(compare(symmetric.knn, asymmetric.knn), 'higher'),
      },
      {
        text: `twice the pairs make up for it, ${knnWords(twice)}`,
        holds: both(staysSpread(twice), isOneOf(compare(twice.knn, symmetric.knn), 'alike', 'higher')),
      },
    ]);
  },
};
