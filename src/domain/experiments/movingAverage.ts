import type { Experiment } from './experiment';
import { CANNOT_TELL, fixed, hasCollapsed, percent } from './words';

/** With BN on z, as all runs of the paper have it. */
const NORMALISED = { headBatchNorm: 'outputAffine' };

export const movingAverage: Experiment = {
  name: 'moving-average',
  title: 'Moving average of η',
  source: 'Sec. 5.2',
  question:
    'Does h approximate an average over views? Then a moving average of each image’s outputs should replace it.',
  claim: 'Without h the method collapses (0.1 %); with a moving average of η instead it learns (55.0 %).',
  // After ten visits a tenth of the random start is left in η: 0.8^10.
  leastEpochs: 10,
  runs: [
    { id: 'baseline', label: 'with h', settings: NORMALISED, paper: 68.1 },
    {
      id: 'none',
      label: 'no h',
      settings: { ...NORMALISED, predictor: 'none' },
      paper: 0.1,
      paperNote: 'collapse',
    },
    {
      id: 'average',
      label: 'no h, moving average',
      settings: { ...NORMALISED, predictor: 'none', movingAverageTarget: true },
      paper: 55.0,
    },
  ],
  verdict(of) {
    const [none, average] = [of('none'), of('average')];
    if (none === null || average === null) return CANNOT_TELL;
    const numbers = `std·√d ${fixed(none.relativeStd)} without h, ${fixed(average.relativeStd)} with the average instead; kNN ${percent(none.knn)} and ${percent(average.knn)}`;
    const learns = (average.knn ?? 0) > (average.untrainedKnn ?? 1);
    if (hasCollapsed(none) && !hasCollapsed(average) && learns) {
      return { outcome: 'reproduces', text: `The average prevents the collapse: ${numbers}.` };
    }
    if (hasCollapsed(none) && !hasCollapsed(average)) {
      return { outcome: 'partly', text: `The average prevents the collapse, but nothing is learnt: ${numbers}.` };
    }
    return {
      outcome: 'does not',
      text: `${numbers}. The average needs many visits of each image: a short run visits each image only a few times.`,
    };
  },
};
