import type { EngineInfo } from '../../src/domain/engineInfo';
import {
  changesOf,
  type Experiment,
  type ExperimentRun,
  experimentConfigs,
  type Figure,
  type RunSummary,
  type Verdict,
} from '../../src/domain/experiments/experiment';
import { overSeeds, runSummary } from '../../src/domain/experiments/runSummary';
import { indicesOf, TRAIN } from '../../src/domain/imageDataset';
import { presetConfig } from '../../src/domain/presets';
import type { DatasetChoice, PresetName, RunConfig } from '../../src/domain/runConfig';
import type { TrainingImages } from '../../src/engine/images/pictureCache';
import type { RunResult } from './runRecord';
import { trainOnce } from './trainOnce';

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
    /** Over the seeds. */
    readonly summary: RunSummary;
    /** One for each seed. */
    readonly results: readonly RunResult[];
  }[];
  readonly verdict: Verdict;
}

/** The summary of one run. */
export function summaryOf({ steps, final, baselines, diagnosis, config }: RunResult): RunSummary {
  const { loss, outputStd, effectiveRank, knn, probe } = final;
  const baseline = baselines?.knn ?? null;
  const numbers = { loss, outputStd, effectiveRank, knn: knn?.accuracy, baseline, probe, state: diagnosis.state };
  return runSummary(steps, config.outputDim, numbers);
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
  loadImages: (config: RunConfig) => Promise<TrainingImages>,
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
      const options = { changes: changesOf(experiment, run) };
      results
        .get(run)
        ?.push(await trainOnce(dataset, { ...config, seed }, engine, (line) => log(`  ${line}`), options));
    }
  }
  const runs = planned.map(({ run }) => {
    const own = results.get(run) ?? [];
    return { id: run.id, label: run.label, paper: run.paper, summary: overSeeds(own.map(summaryOf)), results: own };
  });
  return {
    experiment: experiment.name,
    title: experiment.title,
    adapter: engine.description,
    engine: engine.engine,
    dataset: name,
    base,
    seeds,
    runs,
    verdict: experiment.verdict((id) => runs.find((run) => run.id === id)?.summary ?? null),
  };
}

function cell(figure: Figure | null | undefined, scale: number, digits: number): string {
  if (figure === null || figure === undefined) return '–';
  const { value, standardError } = figure;
  const mean = (value * scale).toFixed(digits).replace('-', '−');
  return standardError > 0 ? `${mean} ± ${(standardError * scale).toFixed(digits)}` : mean;
}

/** The runs as a Markdown table beside the paper's figures: means with their standard errors over seeds and queries. */
export function runsTable(runs: ExperimentTable['runs']): string {
  const hasProbe = runs.some(({ summary }) => (summary.probe ?? null) !== null);
  const head = [
    'run',
    'loss',
    'std·√d',
    'effective rank',
    'kNN %',
    'untrained %',
    ...(hasProbe ? ['linear probe %'] : []),
    'paper (linear %)',
  ];
  const rows = runs.map(({ label, summary: s, paper }) => [
    label,
    cell(s.loss, 1, 3),
    cell(s.relativeStd, 1, 2),
    cell(s.effectiveRank, 1, 0),
    cell(s.knn, 100, 1),
    cell(s.untrainedKnn, 100, 1),
    ...(hasProbe ? [cell(s.probe, 100, 1)] : []),
    paper === null ? '–' : `${paper}`,
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** What a table of an experiment shows. */
export interface ExperimentTable {
  readonly title: string;
  readonly seeds: readonly number[];
  readonly runs: readonly { readonly label: string; readonly paper: number | null; readonly summary: RunSummary }[];
  readonly verdict: Verdict;
}

/** The result as a Markdown table beside the paper's figures (linear accuracy), and the verdict. */
export function experimentTable({ title, runs, verdict, seeds }: ExperimentTable): string {
  const seedWords = seeds.length > 1 ? 'seeds' : 'seed';
  return `${title} (${seedWords} ${seeds.join(', ')})\n\n${runsTable(runs)}\n\n${verdict.outcome}: ${verdict.text}`;
}
