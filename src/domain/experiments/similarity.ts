import type { Experiment } from './experiment';
import { CANNOT_TELL, compareKnn, fixed, isSpread, percent } from './words';

export const similarity: Experiment = {
  name: 'similarity',
  title: 'Similarity: cosine or cross-entropy',
  source: 'Sec. 4.5',
  question: 'Does the cosine similarity keep SimSiam from collapsing?',
  claim: 'No: with the cross-entropy of softmaxes instead it also learns, though less well (63.2 against 68.1 %).',
  runs: [
    { id: 'cosine', label: 'negative cosine', settings: { similarity: 'cosine' }, paper: 68.1 },
    { id: 'crossEntropy', label: 'cross-entropy', settings: { similarity: 'crossEntropy' }, paper: 63.2 },
  ],
  verdict(of) {
    const [cosine, crossEntropy] = [of('cosine'), of('crossEntropy')];
    if (cosine === null || crossEntropy === null) return CANNOT_TELL;
    const numbers = `std·√d ${fixed(cosine.relativeStd)} with the cosine and ${fixed(crossEntropy.relativeStd)} with cross-entropy, kNN ${percent(cosine.knn)} and ${percent(crossEntropy.knn)}`;
    if (!isSpread(cosine) || !isSpread(crossEntropy)) {
      return {
        outcome: 'does not',
        text: `At least one of the two losses does not keep the outputs spread: ${numbers}.`,
      };
    }
    return compareKnn(crossEntropy, cosine) === 'lower'
      ? { outcome: 'reproduces', text: `Both keep their outputs spread, and the cosine learns better: ${numbers}.` }
      : {
          outcome: 'partly',
          text: `Both keep their outputs spread; the advantage of the cosine does not show in so few steps: ${numbers}.`,
        };
  },
};
