import type { Experiment, RunSummary } from './experiment';
import { CANNOT_TELL, fixed, KNN_SPREAD, percent } from './words';

/** Whether the loss is NaN or infinite. A summary holds null for such a loss. */
function diverged({ loss }: RunSummary): boolean {
  return loss === null || !Number.isFinite(loss);
}

/** Without a queue: one that is used from a later step on changes the loss, which is what is compared. */
const PLAIN = { queueLength: 0 };

export const swavParts: Experiment = {
  name: 'swav-parts',
  title: 'SwAV with and without SimSiam’s parts',
  source: 'Sec. 6.2',
  question: 'Does a predictor help SwAV, and does SwAV need the stop-gradient on its assignments?',
  claim: 'A predictor does not help (65.2 against 66.5 %); without stop-gradient training diverges (NaN).',
  runs: [
    { id: 'plain', label: 'SwAV', method: 'swav', settings: PLAIN, paper: 66.5 },
    {
      id: 'predictor',
      label: 'with predictor',
      method: 'swav',
      settings: { ...PLAIN, predictor: 'trained' },
      paper: 65.2,
    },
    {
      id: 'without',
      label: 'without stop-gradient',
      method: 'swav',
      settings: { ...PLAIN, stopGradient: false },
      paper: null,
      paperNote: 'NaN',
    },
  ],
  verdict(of) {
    const [plain, predictor, without] = [of('plain'), of('predictor'), of('without')];
    if (plain === null || predictor === null || without === null) return CANNOT_TELL;
    const numbers = `kNN ${percent(plain.knn)} plain, ${percent(predictor.knn)} with a predictor, ${percent(without.knn)} without stop-gradient, where the loss is ${diverged(without) ? 'not a number' : fixed(without.loss)} against ${fixed(plain.loss)}`;
    const helps = (predictor.knn ?? 0) - (plain.knn ?? 0) > KNN_SPREAD;
    const parts = [
      helps ? 'A predictor helps here' : 'A predictor does not help',
      diverged(without) ? 'without stop-gradient training diverges' : 'without stop-gradient the loss stays finite',
    ];
    const held = Number(!helps) + Number(diverged(without));
    return {
      outcome: held === 2 ? 'reproduces' : held === 1 ? 'partly' : 'does not',
      text: `${parts.join('; ')}: ${numbers}.`,
    };
  },
};
