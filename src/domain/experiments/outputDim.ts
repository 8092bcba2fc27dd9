import type { RunConfig } from '../runConfig';
import type { Experiment } from './experiment';
import { CANNOT_TELL, KNN_SPREAD, percent } from './words';

/** Another output dimension; the predictor's bottleneck keeps its ratio to it. */
function dimension(d: number) {
  return ({ outputDim, predictorHidden }: RunConfig) => ({
    outputDim: d,
    predictorHidden: Math.max(1, Math.round((d * predictorHidden) / outputDim)),
  });
}

const DIMENSIONS = [
  { d: 256, paper: 65.3 },
  { d: 512, paper: 67.2 },
  { d: 1024, paper: 67.5 },
  { d: 2048, paper: 68.1 },
] as const;

export const outputDim: Experiment = {
  name: 'output-dim',
  title: 'Output dimension',
  source: 'App. B',
  question: 'How does the output dimension affect accuracy?',
  claim: 'More dimensions are better, with diminishing gains: from 65.3 % with 256 to 68.1 % with 2048.',
  runs: DIMENSIONS.map(({ d, paper }) => ({ id: `${d}`, label: `d = ${d}`, settings: dimension(d), paper })),
  verdict(of) {
    const all = DIMENSIONS.map(({ d }) => ({ d, knn: of(`${d}`)?.knn ?? null }));
    const [first, last] = [all[0].knn, all[all.length - 1].knn];
    if (first === null || last === null || all.some(({ knn }) => knn === null)) return CANNOT_TELL;
    const list = all.map(({ d, knn }) => `${d}: ${percent(knn)}`).join(', ');
    return last - first > KNN_SPREAD
      ? { outcome: 'reproduces', text: `More dimensions are better: kNN ${list}.` }
      : {
          outcome: 'does not',
          text: `kNN ${list}: more dimensions do not help here. The features of ResNet-50 have 2048 dimensions; those of small networks have far fewer than the outputs compared.`,
        };
  },
};
