import type { RunConfig } from '../runConfig';
import type { Experiment } from './experiment';
import { both, compare, type Finding, isOneOf, judge, staysSpread, summariesOf } from './judge';
import { CANNOT_TELL, percent } from './words';

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
  claim: 'More dimensions are better: 65.3, 67.2, 67.5 and 68.1 % with 256, 512, 1024 and 2048.',
  runs: DIMENSIONS.map(({ d, paper }) => ({ id: `${d}`, label: `d = ${d}`, settings: dimension(d), paper })),
  verdict(of) {
    const made = summariesOf(outputDim.runs, of);
    if (made === null) return CANNOT_TELL;
    const [first] = made;
    const last = made[made.length - 1];
    if (first === undefined || last === undefined) return CANNOT_TELL;
    const steps = made.slice(1).map(({ run, summary }, i): Finding => {
      const before = made[i] ?? first;
      return {
        text: `${run.label} is no worse than ${before.run.label}, kNN ${percent(summary.knn)} against ${percent(before.summary.knn)}`,
        holds: both(staysSpread(summary), isOneOf(compare(summary.knn, before.summary.knn), 'higher', 'alike')),
      };
    });
    return judge([
      {
        text: `${last.run.label} is better than ${first.run.label}, kNN ${percent(last.summary.knn)} against ${percent(first.summary.knn)}`,
        holds: isOneOf(compare(last.summary.knn, first.summary.knn), 'higher'),
        isRequired: true,
      },
      ...steps,
    ]);
  },
};
