import type { RunConfig } from '../runConfig';
import type { Experiment, RunSummary } from './experiment';
import { type Comparison, compare, type Finding, isOneOf, judge, staysSpread, summariesOf } from './judge';
import { CANNOT_TELL, percent, stdWords } from './words';

/** Another batch size with the same number of images in total; the learning rate scales with the batch size. */
function batches(size: number) {
  return ({ totalSteps, batchSize }: RunConfig) => ({
    batchSize: size,
    totalSteps: Math.max(1, Math.round((totalSteps * batchSize) / size)),
  });
}

/** The best run compared with the worst. */
function extremes(runs: readonly { readonly summary: RunSummary }[]): Comparison {
  const figures = runs.flatMap(({ summary }) => summary.knn ?? []).sort((a, b) => a.value - b.value);
  const [worst] = figures;
  const best = figures[figures.length - 1];
  return worst === undefined || best === undefined || figures.length < runs.length
    ? 'not measured'
    : compare(best, worst);
}

const SIZES = [
  { size: 32, paper: null },
  { size: 64, paper: 66.1 },
  { size: 128, paper: 67.3 },
  { size: 256, paper: 68.1 },
  { size: 512, paper: 68.1 },
  { size: 1024, paper: 68.0 },
] as const;

export const batchSize: Experiment = {
  name: 'batch-size',
  title: 'Table 2: batch size',
  source: 'Sec. 4.3, Table 2',
  question: 'Does SimSiam need large batches? Each run sees the same number of images.',
  claim: 'Batch size has little effect: 66.1 % with 64, 68.1 % with 256 and 512, 67.9 % with 2048.',
  runs: SIZES.map(({ size, paper }) => ({ id: `${size}`, label: `batch ${size}`, settings: batches(size), paper })),
  verdict(of) {
    const made = summariesOf(batchSize.runs, of);
    if (made === null) return CANNOT_TELL;
    const spread = made.map(
      ({ run, summary }): Finding => ({
        text: `${run.label}: the outputs stay spread, ${stdWords(summary)}`,
        holds: staysSpread(summary),
      }),
    );
    const list = made.map(({ run, summary }) => `${run.id}: ${percent(summary.knn)}`).join(', ');
    return judge([
      ...spread,
      { text: `batch size has little effect, kNN ${list}`, holds: isOneOf(extremes(made), 'alike'), isRequired: true },
    ]);
  },
};
