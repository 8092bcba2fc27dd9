import type { Experiment } from './experiment';
import { CANNOT_TELL, compareKnn, isSpread, percent } from './words';

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
    const numbers = `kNN ${[symmetric, asymmetric, twice].map(({ knn }) => percent(knn)).join(', ')}, in this order`;
    if (![symmetric, asymmetric, twice].every(isSpread)) {
      return { outcome: 'does not', text: `Not all outputs stay spread: ${numbers}.` };
    }
    return compareKnn(symmetric, asymmetric) === 'higher'
      ? {
          outcome: 'reproduces',
          text: `None of the three collapses, and the symmetric loss is better than the asymmetric one: ${numbers}.`,
        }
      : {
          outcome: 'partly',
          text: `None of the three collapses; an advantage of the symmetric loss does not show: ${numbers}.`,
        };
  },
};
