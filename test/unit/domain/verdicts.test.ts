import { describe, expect, it } from 'vitest';
import type { DiagnosisState } from '../../../src/domain/diagnosis/states';
import type { RunSummary, Verdict } from '../../../src/domain/experiments/experiment';
import { EXPERIMENTS } from '../../../src/domain/experiments/registry';
import { overSeeds, runSummary } from '../../../src/domain/experiments/runSummary';

/** Made-up results of a run; accuracies in percent. */
interface Results {
  readonly loss?: number | null;
  readonly std?: number;
  readonly rank?: number;
  readonly knn?: number;
  readonly untrained?: number;
  readonly state?: DiagnosisState;
}

/** How much the three seeds deviate, in percent. */
const DEVIATIONS = [-0.6, 0, 0.6];
const QUERIES = 5000;

function summary(results: Results, seeds: number, queries = QUERIES): RunSummary {
  const { loss = -0.8, std = 0.9, rank = 60, knn = 70, untrained = 60, state = null } = results;
  return overSeeds(
    DEVIATIONS.slice(0, seeds).map((deviation) =>
      runSummary(300, 64, {
        loss,
        outputStd: std / 8,
        effectiveRank: rank,
        knn: (knn + deviation) / 100,
        baseline: { untrained: (untrained - deviation) / 100, chance: 0.1, queries },
        state,
      }),
    ),
  );
}

function verdictOf(
  name: string,
  runs: Readonly<Record<string, Results>>,
  { seeds = 3, queries = QUERIES }: { seeds?: number; queries?: number } = {},
): Verdict {
  const experiment = EXPERIMENTS.find((candidate) => candidate.name === name);
  if (experiment === undefined) throw new Error(`no experiment ${name}`);
  // A run that is not made up is a healthy one.
  return experiment.verdict((id) => summary(runs[id] ?? {}, seeds, queries));
}

const COLLAPSED: Results = { loss: -0.999, std: 0.05, rank: 2, knn: 10 };

/** For each experiment, results that support every row of its claim, and results that contradict it, each by what is changed. */
const CASES: Readonly<
  Record<
    string,
    {
      readonly supports: Readonly<Record<string, Results>>;
      readonly contradicts: Readonly<Record<string, Readonly<Record<string, Results>>>>;
    }
  >
> = {
  'past-saving': {
    supports: {
      off: COLLAPSED,
      'after-5': { std: 0.8 },
      'after-10': { std: 0.7 },
      'after-20': { std: 0.6 },
      'after-40': { std: 0.5 },
      'after-80': { std: 0.2 },
    },
    contradicts: {
      'no collapse without stop-gradient': { off: {} },
      'not saved after 5 steps': { 'after-5': { std: 0.5 } },
      'saved after 80 steps': { 'after-80': { std: 0.7 } },
      'more comes back after 80 steps than after 5': { 'after-5': { std: 0.3 }, 'after-80': { std: 0.4 } },
    },
  },
  figure2: {
    supports: { without: COLLAPSED },
    contradicts: {
      'no collapse without stop-gradient': { without: {} },
      'a collapse with it, too': { with: COLLAPSED },
      'a std of 0.21 without it': { without: { ...COLLAPSED, std: 0.21 } },
      'a loss of -0.9 without it': { without: { ...COLLAPSED, loss: -0.9 } },
      'accuracy as untrained, far above chance': { without: { ...COLLAPSED, knn: 60 } },
      'only the rank falls': { without: { loss: -0.99, rank: 9, knn: 10 } },
      'diagnosed as narrowing': { without: { ...COLLAPSED, state: 'narrowing' } },
    },
  },
  predictor: {
    supports: { none: COLLAPSED, fixed: { loss: -0.2, knn: 60 } },
    contradicts: {
      'a constant rate collapses': { constant: COLLAPSED },
      'a constant rate is worse': { constant: { knn: 60 } },
      'a fixed h learns fully': { fixed: { loss: -0.2, knn: 70 } },
      'a fixed h lowers the loss': { fixed: { loss: -0.8, knn: 60 } },
      'a fixed h collapses': { fixed: { ...COLLAPSED, loss: -0.2, knn: 60 } },
      'no collapse without h': { none: {} },
      'a collapse with h': { baseline: COLLAPSED },
    },
  },
  'batch-size': {
    supports: {},
    contradicts: {
      'the larger the worse': { '32': { knn: 63.7 }, '64': { knn: 60 }, '128': { knn: 58 }, '256': { knn: 57.8 } },
      'one size is worse': { '64': { knn: 66 } },
      'one size collapses': { '256': COLLAPSED },
      'one size loses half of its spread': { '128': { std: 0.4 } },
    },
  },
  bn: {
    supports: { none: { knn: 65 }, all: { state: 'oscillation' } },
    contradicts: {
      'as good without BN': { none: {} },
      'near a collapse without BN': { none: { knn: 62, std: 0.16, loss: -0.986 } },
      'a collapse without BN': { none: COLLAPSED },
      'stable with BN everywhere': { all: { state: 'learning' } },
      'hidden BN does not learn': { hidden: { knn: 60 }, none: { knn: 55 }, output: { knn: 60 } },
      'worse with BN on the output': { output: { knn: 64 } },
    },
  },
  similarity: {
    supports: { crossEntropy: { knn: 66 } },
    contradicts: {
      'the cross-entropy is as good': { crossEntropy: {} },
      'the cross-entropy is better': { crossEntropy: { knn: 76 } },
      'the cross-entropy does not learn': { crossEntropy: { knn: 60 } },
      'the cross-entropy collapses': { crossEntropy: COLLAPSED },
      'the cosine collapses': { cosine: COLLAPSED },
    },
  },
  symmetry: {
    supports: { asymmetric: { knn: 65 } },
    contradicts: {
      'the asymmetric loss is as good': { asymmetric: {} },
      'the asymmetric loss is better': { asymmetric: { knn: 75 } },
      'the asymmetric loss collapses': { asymmetric: COLLAPSED },
      'the symmetric loss collapses': { symmetric: COLLAPSED },
      'twice the pairs do not help': { asymmetric2x: { knn: 65 } },
    },
  },
  'output-dim': {
    supports: { '256': { knn: 66 }, '512': { knn: 68 } },
    contradicts: {
      'no gain': { '256': {} },
      'fewer are better': { '256': { knn: 75 } },
      'a gain that ends in a loss': { '256': { knn: 60 }, '1024': { knn: 74 }, '2048': { knn: 66 } },
      'one collapses': { '256': { knn: 66 }, '1024': COLLAPSED },
    },
  },
  alternation: {
    supports: {},
    contradicts: {
      'ten steps collapse': { '10': COLLAPSED },
      'a hundred steps learn nothing': { '100': { knn: 60 } },
      'a hundred steps learn by 0.1 points': { '100': { knn: 60.1 } },
      'ten steps are worse': { '10': { knn: 65 } },
      'one step collapses': { '1': COLLAPSED },
    },
  },
  'moving-average': {
    supports: { none: COLLAPSED },
    contradicts: {
      'the average collapses': { average: COLLAPSED },
      'a std of 0.21 with the average': { average: { std: 0.21, knn: 70 } },
      'the average learns nothing': { average: { knn: 60 } },
      'the average learns by 0.1 points': { average: { knn: 60.1 } },
      'no collapse without h': { none: {} },
      'a dimensional collapse with the average': { average: { state: 'dimensional' } },
      'a collapse with h': { baseline: COLLAPSED },
    },
  },
  family: {
    supports: { simsiam: { knn: 78 } },
    contradicts: {
      'one learns by 0.1 points': { swav: { knn: 60.1 } },
      'one is below the untrained network': { byol: { knn: 50 } },
      'one collapses': { simclr: COLLAPSED },
      'SimSiam is not ahead': { simsiam: {} },
      'SimSiam is behind one': { byol: { knn: 84 } },
    },
  },
  'momentum-encoder': {
    supports: { alone: COLLAPSED },
    contradicts: {
      'the run with it has a std of 0.05': { with: { std: 0.05 } },
      'the run with it narrows': { with: { state: 'narrowing' } },
      'no collapse without h': { alone: {} },
      'a std of 0.21 without h': { alone: { ...COLLAPSED, std: 0.21 } },
      'SimSiam collapses': { without: COLLAPSED },
    },
  },
  'simclr-parts': {
    supports: {},
    contradicts: {
      'a predictor helps': { predictor: { knn: 75 } },
      'both help': { both: { knn: 75 } },
      'a collapse with both': { both: COLLAPSED },
      'SimCLR itself collapses': { plain: COLLAPSED },
    },
  },
  'swav-parts': {
    supports: { without: { loss: null, state: 'diverged' } },
    contradicts: {
      'the loss stays finite': { without: { loss: 6, state: 'narrowing' } },
      'the loss stays finite, and the state is not known': { without: { loss: 6 } },
      'a predictor helps': { predictor: { knn: 75 } },
      'SwAV does not learn': { plain: { knn: 60 } },
    },
  },
};

describe('verdicts', () => {
  it('are tested for every experiment', () => {
    expect(Object.keys(CASES).sort()).toEqual(EXPERIMENTS.map(({ name }) => name).sort());
  });

  it('cannot be given while a run is missing', () => {
    for (const { verdict } of EXPERIMENTS) expect(verdict(() => null).outcome).toBe('cannot tell');
  });

  describe.each(Object.entries(CASES))('%s', (name, { supports, contradicts }) => {
    it('reproduces with numbers that support every row', () => {
      const { outcome, text } = verdictOf(name, supports);
      expect(outcome, text).toBe('reproduces');
      expect(text).not.toContain('Does not hold');
    });

    it.each(Object.entries(contradicts))('does not reproduce with %s', (_, changed) => {
      for (const options of [{}, { seeds: 1 }, { seeds: 2, queries: 300 }]) {
        const { outcome, text } = verdictOf(name, { ...supports, ...changed }, options);
        expect(outcome, text).not.toBe('reproduces');
      }
      const { outcome, text } = verdictOf(name, { ...supports, ...changed });
      expect(['partly', 'does not'], text).toContain(outcome);
      expect(text).toContain('Does not hold: ');
    });
  });

  /** Experiments whose claims are about the spread of outputs, which one seed can show. */
  const TOLD_BY_STD = new Set(['figure2', 'momentum-encoder', 'past-saving']);

  it.each(Object.entries(CASES).filter(([name]) => !TOLD_BY_STD.has(name)))(
    '%s is undecided with one seed, since it compares accuracies',
    (name, { supports }) => {
      const { outcome, text } = verdictOf(name, supports, { seeds: 1 });
      expect(outcome, text).toBe('cannot tell');
      expect(text).toContain('Undecided with one seed: ');
    },
  );

  it('of a collapse can be told with one seed', () => {
    expect(verdictOf('figure2', { without: COLLAPSED }, { seeds: 1 }).outcome).toBe('reproduces');
    expect(verdictOf('momentum-encoder', { alone: COLLAPSED }, { seeds: 1 }).outcome).toBe('reproduces');
  });

  it('whether accuracies are alike is undecided with few queries', () => {
    const { outcome, text } = verdictOf('batch-size', {}, { queries: 100 });
    expect(outcome).toBe('cannot tell');
    expect(text).toContain('with so few queries and seeds');
  });

  it('name the numbers', () => {
    const { text } = verdictOf('figure2', { without: { ...COLLAPSED, knn: 56 } });
    expect(text).toContain('std·√d 0.90');
    expect(text).toContain('std·√d 0.05');
    expect(text).toMatch(/Does not hold: .*kNN 56\.0 ± 0\.7 %, chance 10\.0 %/);
  });
});
