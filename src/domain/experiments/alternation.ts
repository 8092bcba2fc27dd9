import type { Experiment } from './experiment';
import { CANNOT_TELL, isSpread, percent } from './words';

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
    const runs = INNER.map(({ k }) => of(`${k}`));
    if (runs.some((run) => run === null)) return CANNOT_TELL;
    const numbers = INNER.map(({ k }, i) => `${k}: ${percent(runs[i]?.knn ?? null)}`).join(', ');
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
