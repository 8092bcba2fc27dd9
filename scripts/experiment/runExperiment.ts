import type { EngineInfo } from '../../src/domain/engineInfo';
import {
  type Experiment,
  type ExperimentRun,
  experimentConfigs,
  type RunSummary,
  type Verdict,
} from '../../src/domain/experiments/experiment';
import { runSummary } from '../../src/domain/experiments/runSummary';
import { type ImageDataset, indicesOf, TRAIN } from '../../src/domain/imageDataset';
import { presetConfig } from '../../src/domain/presets';
import type { DatasetChoice, PresetName, RunConfig } from '../../src/domain/runConfig';
import type { RunResult } from './runRecord';
import { trainOnce } from './trainOnce';

/** Mean and sample standard deviation over the seeds with a measurement; the deviation is null for one seed. */
export interface Statistic {
  readonly mean: number;
  readonly std: number | null;
  readonly seeds: number;
}

type Measured = Exclude<keyof RunSummary, 'steps'>;
const MEASURED: readonly Measured[] = ['loss', 'relativeStd', 'effectiveRank', 'knn', 'untrainedKnn', 'probe'];

export interface ExperimentResult {
  readonly experiment: string;
  readonly title: string;
  readonly adapter: string;
  readonly engine: string;
  readonly dataset: string;
  readonly base: PresetName;
  readonly seeds: readonly number[];
  readonly runs: readonly {
    readonly id: string;
    readonly label: string;
    readonly paper: number | null;
    readonly statistics: Readonly<Record<Measured, Statistic | null>>;
    /** One for each seed. */
    readonly results: readonly RunResult[];
  }[];
  readonly verdict: Verdict;
}

function summaryOf({ steps, final, baselines, config }: RunResult): RunSummary {
  const numbers = {
    ...final,
    knn: final.knn?.accuracy,
    untrainedKnn: baselines?.knn?.untrained,
    probe: final.probe?.accuracy,
  };
  return runSummary(steps, config.outputDim, numbers);
}

export function statisticOf(values: readonly (number | null)[]): Statistic | null {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  if (known.length === 0) return null;
  const mean = known.reduce((a, b) => a + b, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: known.length > 1 ? Math.sqrt(squares / (known.length - 1)) : null, seeds: known.length };
}

/** Trains all runs of an experiment with each seed, and judges the paper's claim by the means. */
export async function runExperiment(
  experiment: Experiment,
  choice: {
    readonly base: PresetName;
    readonly dataset: DatasetChoice;
    readonly seeds: readonly number[];
    readonly adjust: (config: RunConfig) => RunConfig;
  },
  loadImages: (config: RunConfig) => Promise<ImageDataset>,
  engine: EngineInfo,
  log: (line: string) => void,
): Promise<ExperimentResult> {
  const { base, seeds, adjust } = choice;
  const images = indicesOf(await loadImages(adjust(presetConfig(base, choice.dataset))), TRAIN).length;
  const planned = experimentConfigs(experiment, base, choice.dataset, adjust, images);
  if (experiment.leastEpochs !== undefined) log(`Each run visits each image at least ${experiment.leastEpochs} times.`);
  const results = new Map<ExperimentRun, RunResult[]>(planned.map(({ run }) => [run, []]));
  let name = '';
  for (const seed of seeds) {
    for (const { run, config } of planned) {
      const dataset = await loadImages(config);
      name = dataset.name;
      log(`${run.label}, seed ${seed}`);
      results.get(run)?.push(await trainOnce(dataset, { ...config, seed }, engine, (line) => log(`  ${line}`)));
    }
  }
  const runs = planned.map(({ run }) => {
    const own = results.get(run) ?? [];
    const summaries = own.map(summaryOf);
    const statistics = Object.fromEntries(
      MEASURED.map((key) => [key, statisticOf(summaries.map((summary) => summary[key]))]),
    ) as Record<Measured, Statistic | null>;
    return { id: run.id, label: run.label, paper: run.paper, statistics, results: own };
  });
  const means = (id: string): RunSummary | null => {
    const run = runs.find((candidate) => candidate.id === id);
    if (run === undefined || run.results.length === 0) return null;
    const mean = (key: Measured) => run.statistics[key]?.mean ?? null;
    return {
      steps: run.results[0].steps,
      loss: mean('loss'),
      relativeStd: mean('relativeStd'),
      effectiveRank: mean('effectiveRank'),
      knn: mean('knn'),
      untrainedKnn: mean('untrainedKnn'),
      probe: mean('probe'),
    };
  };
  return {
    experiment: experiment.name,
    title: experiment.title,
    adapter: engine.description,
    engine: engine.engine,
    dataset: name,
    base,
    seeds,
    runs,
    verdict: experiment.verdict(means),
  };
}

function cell(statistic: Statistic | null, scale: number, digits: number): string {
  if (statistic === null) return '–';
  const { mean, std } = statistic;
  const value = (mean * scale).toFixed(digits);
  return std === null ? value : `${value} ± ${(std * scale).toFixed(digits)}`;
}

/** The result as a Markdown table beside the paper's figures, and the verdict. */
export function experimentTable({ title, runs, verdict, seeds }: ExperimentResult): string {
  const head = [
    'run',
    'loss',
    'std·√d',
    'effective rank',
    'kNN %',
    'untrained %',
    'linear probe %',
    'paper (linear %)',
  ];
  const rows = runs.map(({ label, statistics: s, paper }) => [
    label,
    cell(s.loss, 1, 3),
    cell(s.relativeStd, 1, 2),
    cell(s.effectiveRank, 1, 0),
    cell(s.knn, 100, 1),
    cell(s.untrainedKnn, 100, 1),
    cell(s.probe, 100, 1),
    paper === null ? '–' : `${paper}`,
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `${title} (seeds ${seeds.join(', ')})`,
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
    `${verdict.outcome}: ${verdict.text}`,
  ].join('\n');
}
