import type { Experiment, RunSummary } from './experiment';
import { both, compare, type Holds, hasCollapsed, isOneOf, judge, learns, staysSpread } from './judge';
import { CANNOT_TELL, fixed, knnWords, percent, stdWords } from './words';

/** Whether the loss of every seed is above half of the mean with a trained h; both are negative. */
function lossStaysHigh({ loss }: RunSummary, baseline: RunSummary): Holds {
  const trained = baseline.loss;
  if (loss === null || trained === null) return 'not measured';
  return loss.values.every((value) => value > trained.value / 2);
}

function negated(holds: Holds): Holds {
  return typeof holds === 'boolean' ? !holds : holds;
}

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
    const [baseline, none, random, constant] = [of('baseline'), of('none'), of('fixed'), of('constant')];
    if (baseline === null || none === null || random === null || constant === null) return CANNOT_TELL;
    return judge([
      { text: `with h the outputs stay spread, ${stdWords(baseline)}`, holds: staysSpread(baseline), isRequired: true },
      { text: `without h they collapse, ${stdWords(none)}`, holds: hasCollapsed(none) },
      {
        text: `with a fixed h the loss stays high, ${fixed(random.loss)} against ${fixed(baseline.loss)}, without a collapse, ${stdWords(random)}`,
        holds: both(staysSpread(random), lossStaysHigh(random, baseline)),
      },
      {
        text: `with h fixed nothing is learnt, ${knnWords(random)} against ${percent(random.untrainedKnn)} untrained`,
        holds: negated(learns(random)),
      },
      {
        text: `a constant rate for h is as good or better, ${knnWords(constant)} against ${percent(baseline.knn)}, ${stdWords(constant)}`,
        holds: both(staysSpread(constant), isOneOf(compare(constant.knn, baseline.knn), 'higher', 'alike')),
      },
    ]);
  },
};
