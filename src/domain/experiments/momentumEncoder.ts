import type { Experiment } from './experiment';
import { CANNOT_TELL, fixed, hasCollapsed, isSpread, percent } from './words';

export const momentumEncoder: Experiment = {
  name: 'momentum-encoder',
  title: 'Momentum encoder',
  source: 'Sec. 6.2, Table 4',
  question: 'Does the momentum encoder keep BYOL from collapsing?',
  claim:
    'No: SimSiam is BYOL without the momentum encoder, and does not collapse. A momentum encoder may improve accuracy (BYOL is ahead after 200 epochs and more), but it does not replace h.',
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
    const numbers = `std·√d ${fixed(without.relativeStd)} without, ${fixed(withIt.relativeStd)} with, ${fixed(alone.relativeStd)} with it but without h; kNN ${percent(without.knn)}, ${percent(withIt.knn)}, ${percent(alone.knn)}`;
    if (!isSpread(without)) return { outcome: 'does not', text: `SimSiam’s outputs do not stay spread: ${numbers}.` };
    return hasCollapsed(alone)
      ? {
          outcome: 'reproduces',
          text: `SimSiam needs no momentum encoder, and a momentum encoder without h does not prevent collapse: ${numbers}.`,
        }
      : {
          outcome: 'partly',
          text: `SimSiam needs no momentum encoder. With a momentum encoder but without h it has not collapsed yet: ${numbers}. A slowly moving target only delays the collapse.`,
        };
  },
};
