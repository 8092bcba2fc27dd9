import type { Experiment } from './experiment';
import { CANNOT_TELL, fixed, hasCollapsed, isSpread, percent } from './words';

export const momentumEncoder: Experiment = {
  name: 'momentum-encoder',
  title: 'Momentum encoder',
  source: 'Sec. 6.2, Table 4',
  question: 'Is it the momentum encoder that keeps BYOL from collapsing?',
  claim:
    'No: SimSiam is BYOL without it, and does not collapse. It may help accuracy (BYOL is ahead after 200 epochs and more), but it does not replace h.',
  runs: [
    { id: 'without', label: 'SimSiam', settings: { momentumEncoder: false }, paper: 68.1 },
    { id: 'with', label: 'with momentum encoder', settings: { momentumEncoder: true }, paper: null },
    {
      id: 'alone',
      label: 'momentum encoder, no h',
      settings: { momentumEncoder: true, predictor: 'none' },
      paper: null,
    },
  ],
  verdict(of) {
    const [without, withIt, alone] = [of('without'), of('with'), of('alone')];
    if (without === null || withIt === null || alone === null) return CANNOT_TELL;
    const numbers = `std·√d ${fixed(without.relativeStd)} without, ${fixed(withIt.relativeStd)} with, ${fixed(alone.relativeStd)} with it but no h; kNN ${percent(without.knn)}, ${percent(withIt.knn)}, ${percent(alone.knn)}`;
    if (!isSpread(without)) return { outcome: 'does not', text: `SimSiam’s outputs do not stay spread: ${numbers}.` };
    return hasCollapsed(alone)
      ? {
          outcome: 'reproduces',
          text: `SimSiam needs no momentum encoder, and a momentum encoder without h does not save it: ${numbers}.`,
        }
      : {
          outcome: 'partly',
          text: `SimSiam needs no momentum encoder. Without h a momentum encoder has not let it collapse yet: ${numbers}; a slow target only delays it.`,
        };
  },
};
