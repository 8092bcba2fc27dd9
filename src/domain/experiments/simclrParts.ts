import type { Experiment } from './experiment';
import { CANNOT_TELL, isSpread, KNN_SPREAD, percent } from './words';

const RUNS = ['plain', 'predictor', 'both'] as const;

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
    const runs = RUNS.map(of);
    const [plain] = runs;
    if (plain === null || runs.some((run) => run === null)) return CANNOT_TELL;
    const numbers = runs.map((run) => percent(run?.knn ?? null)).join(', ');
    const spread = runs.every((run) => run !== null && isSpread(run));
    const gains = runs.slice(1).some((run) => (run?.knn ?? 0) - (plain.knn ?? 0) > KNN_SPREAD);
    if (spread && !gains) {
      return { outcome: 'reproduces', text: `Neither part improves kNN accuracy: ${numbers}, in this order.` };
    }
    return {
      outcome: spread ? 'does not' : 'partly',
      text: spread
        ? `One of the parts improves kNN accuracy by more than the spread over seeds: ${numbers}, in this order.`
        : `Not all outputs stay spread: kNN ${numbers}, in this order.`,
    };
  },
};
