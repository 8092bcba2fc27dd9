import type { Experiment } from '../../src/domain/experiments/experiment';
import { EXPERIMENTS } from '../../src/domain/experiments/registry';

export const SEEDS: readonly number[] = [1, 2, 3];

/** An experiment as docs/paper.md reports it. */
export interface PlannedExperiment {
  /** Unique; the name of its file of results. */
  readonly name: string;
  readonly experiment: Experiment;
  /** What distinguishes it from the experiment as the page has it; empty if nothing does. */
  readonly variant: string;
  readonly dataset: 'fashion-mnist' | 'emoji-3d';
  readonly steps: number;
  /** Settings that all runs share, by path. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/** Steps of a run on Fashion-MNIST. */
const STEPS = 300;
/** The moving average takes many visits of each image, which the smaller sample allows. */
const LONG = { dataset: 'emoji-3d', steps: 1000 } as const;

function measured(steps: number): PlannedExperiment['settings'] {
  return { 'knn.bank': 10_000, 'knn.queries': 2000, 'knn.every': steps, engine: 'wasm' };
}

function variantsOf(experiment: Experiment): PlannedExperiment[] {
  const long = experiment.name === 'moving-average';
  const { dataset, steps } = long ? LONG : { dataset: 'fashion-mnist' as const, steps: STEPS };
  const plain = { name: experiment.name, experiment, variant: '', dataset, steps, settings: measured(steps) };
  if (experiment.name !== 'figure2') return [plain];
  const official = {
    ...plain,
    name: 'figure2-official-bn',
    variant: 'with the official code’s BN on the projector’s output',
    settings: { ...plain.settings, headBatchNorm: 'output' },
  };
  return [plain, official];
}

/** The experiments of docs/paper.md, in its order. */
export const PLANNED: readonly PlannedExperiment[] = EXPERIMENTS.filter(({ isOfPaper = true }) => isOfPaper).flatMap(
  variantsOf,
);

/** The command that makes the same runs and prints the same table. */
export function commandOf({ experiment, dataset, steps, settings }: PlannedExperiment): string {
  const set = Object.entries(settings).map(([path, value]) => `--set ${path}=${value}`);
  const from = dataset === 'fashion-mnist' ? [] : [`--dataset ${dataset}`];
  return [
    `npm run experiment -- --preset ${experiment.name} --base tiny`,
    ...from,
    `--steps ${steps} --seeds ${SEEDS.join(',')}`,
    ...set,
  ].join(' ');
}
