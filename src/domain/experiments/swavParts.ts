import type { Experiment } from './experiment';
import { both, compare, endsIn, isOneOf, judge, learns, staysSpread } from './judge';
import { CANNOT_TELL, fixed, knnWords, percent, stdWords } from './words';

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
    return judge([
      {
        text: `SwAV learns, ${stdWords(plain)}, ${knnWords(plain)} against ${percent(plain.untrainedKnn)} untrained`,
        holds: both(staysSpread(plain), learns(plain)),
      },
      {
        text: `a predictor does not help, ${knnWords(predictor)} against ${percent(plain.knn)}`,
        holds: isOneOf(compare(predictor.knn, plain.knn), 'lower', 'alike'),
      },
      {
        text: `without stop-gradient training diverges, loss ${fixed(without.loss)} against ${fixed(plain.loss)}, ${stdWords(without)}, ${knnWords(without)}`,
        holds: without.states.length > 0 ? endsIn(without, 'diverged') : without.loss === null,
      },
    ]);
  },
};
