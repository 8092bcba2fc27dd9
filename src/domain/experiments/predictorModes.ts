import type { Experiment } from './experiment';
import { CANNOT_TELL, fixed, hasCollapsed, isSpread, KNN_SPREAD, percent } from './words';

export const predictor: Experiment = {
  name: 'predictor',
  title: 'Table 1: the predictor',
  source: 'Sec. 4.2, Table 1',
  question: 'Does SimSiam need its predictor h, and must h learn?',
  claim:
    'Without h the method collapses; with h fixed at its random initialisation the loss stays high; a constant learning rate for h is as good or better.',
  runs: [
    { id: 'baseline', label: 'h trained', settings: {}, paper: 67.7 },
    { id: 'none', label: 'no h', settings: { predictor: 'none' }, paper: 0.1, paperNote: 'collapse' },
    {
      id: 'fixed',
      label: 'h fixed at random',
      settings: { predictor: 'fixed' },
      paper: 1.5,
      paperNote: 'loss stays high',
    },
    { id: 'constant', label: 'h with constant learning rate', settings: { fixPredictorLr: true }, paper: 68.1 },
  ],
  verdict(of) {
    const [baseline, none, random] = [of('baseline'), of('none'), of('fixed')];
    if (baseline === null || none === null || random === null) return CANNOT_TELL;
    const collapses = isSpread(baseline) && hasCollapsed(none);
    const stuck =
      random.loss !== null && baseline.loss !== null && random.loss > baseline.loss / 2 && !hasCollapsed(random);
    const learns = (random.knn ?? 0) - (random.untrainedKnn ?? 0) > KNN_SPREAD;
    const text = `No h: std·√d ${fixed(none.relativeStd)} against ${fixed(baseline.relativeStd)}. Fixed h: loss ${fixed(random.loss)} against ${fixed(baseline.loss)}, and kNN ${percent(random.knn)} against ${percent(baseline.knn)}, ${learns ? 'still well above' : 'hardly above'} the untrained network’s ${percent(random.untrainedKnn)}.`;
    if (collapses && stuck) return { outcome: 'reproduces', text };
    return { outcome: collapses || stuck ? 'partly' : 'does not', text };
  },
};
