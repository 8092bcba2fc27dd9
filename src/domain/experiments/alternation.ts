import type { Experiment } from './experiment';
import { CANNOT_TELL, isSpread, percent } from './words';

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
    const runs = INNER.map(({ id }) => of(id));
    if (runs.some((run) => run === null)) return CANNOT_TELL;
    const numbers = INNER.map(({ id }, i) => `${id}: ${percent(runs[i]?.knn ?? null)}`).join(', ');
    const works = runs.map((run) => run !== null && isSpread(run) && (run.knn ?? 0) > (run.untrainedKnn ?? 1));
    if (works.every(Boolean)) {
      return {
        outcome: 'reproduces',
        text: `Training with held targets also works: with each number of inner steps the outputs stay spread and kNN is above the untrained network’s. kNN ${numbers}.`,
      };
    }
    return {
      outcome: works[0] ? 'partly' : 'does not',
      text: `Not every number of inner steps keeps the outputs spread and kNN above the untrained network’s: kNN ${numbers}. A short run has only a few alternations of 100 steps.`,
    };
  },
};
