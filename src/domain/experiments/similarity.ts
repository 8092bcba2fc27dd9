import type { Experiment } from './experiment';
import { compare, isOneOf, judge, learns, staysSpread } from './judge';
import { CANNOT_TELL, knnWords, percent, stdWords } from './words';

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
    return judge([
      {
        text: `the cosine keeps the outputs spread, ${stdWords(cosine)}`,
        holds: staysSpread(cosine),
        isRequired: true,
      },
      {
        text: `so does the cross-entropy, ${stdWords(crossEntropy)}`,
        holds: staysSpread(crossEntropy),
        isRequired: true,
      },
      {
        text: `it learns, ${knnWords(crossEntropy)} against ${percent(crossEntropy.untrainedKnn)} untrained`,
        holds: learns(crossEntropy),
      },
      {
        text: `though less well than the cosine, ${knnWords(cosine)}`,
        holds: isOneOf(compare(crossEntropy.knn, cosine.knn), 'lower'),
      },
    ]);
  },
};
