import type { Experiment } from './experiment';
import { CANNOT_TELL, isSpread, percent } from './words';

const MEMBERS = ['simsiam', 'byol', 'simclr', 'swav'] as const;

export const family: Experiment = {
  name: 'family',
  title: 'Table 4: four methods',
  source: 'Sec. 6, Table 4, Fig. 3',
  question: 'How do four methods that prevent collapse in different ways compare on the same images?',
  claim:
    'All four learn without collapsing; after 100 epochs SimSiam leads (68.1 against 66.5 %), after 800 epochs BYOL (74.3 against 71.3 %).',
  runs: [
    { id: 'simsiam', label: 'SimSiam', method: 'simsiam', settings: {}, paper: 68.1 },
    { id: 'byol', label: 'BYOL', method: 'byol', settings: {}, paper: 66.5 },
    { id: 'simclr', label: 'SimCLR', method: 'simclr', settings: {}, paper: 66.5 },
    { id: 'swav', label: 'SwAV', method: 'swav', settings: {}, paper: 66.5 },
  ],
  verdict(of) {
    const runs = MEMBERS.map(of);
    if (runs.some((run) => run === null)) return CANNOT_TELL;
    const learn = runs.every((run) => run !== null && isSpread(run) && (run.knn ?? 0) > (run.untrainedKnn ?? 1));
    const numbers = MEMBERS.map((name, i) => `${name} ${percent(runs[i]?.knn ?? null)}`).join(', ');
    return {
      outcome: learn ? 'reproduces' : 'partly',
      text: `${learn ? 'All four keep their outputs spread and kNN above the untrained network’s' : 'Not all four keep their outputs spread and kNN above the untrained network’s'}: kNN ${numbers}. The order after so few steps says little: in the paper, too, it changes between 100 and 800 epochs.`,
    };
  },
};
