import type { Experiment } from './experiment';
import { CANNOT_TELL, isSpread, percent } from './words';

export const symmetry: Experiment = {
  name: 'symmetry',
  title: 'Symmetrisation',
  source: 'Sec. 4.6',
  question: 'Must each view be predicted from the other, or is one direction enough?',
  claim: 'Symmetric 68.1 %, asymmetric 64.8, asymmetric with twice the pairs 67.3: it helps, but prevents no collapse.',
  runs: [
    { id: 'symmetric', label: 'symmetric', settings: { symmetrization: 'symmetric' }, paper: 68.1 },
    { id: 'asymmetric', label: 'asymmetric', settings: { symmetrization: 'asymmetric' }, paper: 64.8 },
    { id: 'asymmetric2x', label: 'asymmetric, 2× pairs', settings: { symmetrization: 'asymmetric2x' }, paper: 67.3 },
  ],
  verdict(of) {
    const runs = ['symmetric', 'asymmetric', 'asymmetric2x'].map(of);
    if (runs.some((run) => run === null)) return CANNOT_TELL;
    const spread = runs.every((run) => run !== null && isSpread(run));
    const numbers = runs.map((run) => percent(run?.knn ?? null)).join(', ');
    return spread
      ? {
          outcome: 'reproduces',
          text: `None of the three collapses: symmetrisation does not prevent collapse. kNN ${numbers}, in this order; gaps of up to three points are within the spread over seeds.`,
        }
      : { outcome: 'does not', text: `Not all outputs stay spread; kNN ${numbers}, in this order.` };
  },
};
