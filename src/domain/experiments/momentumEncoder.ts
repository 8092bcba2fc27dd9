import type { Experiment } from './experiment';
import { hasCollapsed, judge, staysSpread } from './judge';
import { CANNOT_TELL, knnWords, stdWords } from './words';

export const momentumEncoder: Experiment = {
  name: 'momentum-encoder',
  title: 'Momentum encoder',
  source: 'Sec. 6.2, Table 4',
  question: 'Does the momentum encoder keep BYOL from collapsing?',
  claim:
    'No: SimSiam is BYOL without the momentum encoder, and does not collapse; a momentum encoder does not replace h.',
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
    return judge([
      {
        text: `SimSiam, which has none, does not collapse, ${stdWords(without)}, ${knnWords(without)}`,
        holds: staysSpread(without),
        isRequired: true,
      },
      {
        text: `with a momentum encoder it does not, either, ${stdWords(withIt)}, ${knnWords(withIt)}`,
        holds: staysSpread(withIt),
        isRequired: true,
      },
      {
        text: `with a momentum encoder but without h it collapses, ${stdWords(alone)}, ${knnWords(alone)}`,
        holds: hasCollapsed(alone),
      },
    ]);
  },
};
