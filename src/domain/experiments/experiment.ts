import type { Estimate } from '../accuracy';
import { setConfigValue } from '../configPath';
import type { DiagnosisState } from '../diagnosis/states';
import type { MethodName } from '../methods/registry';
import { presetConfig } from '../presets';
import type { DatasetChoice, LiveChange, LiveKey, LiveValue, PresetName, RunConfig } from '../runConfig';

/** One run of an experiment: the settings that differ from the other runs. */
export interface ExperimentRun {
  /** Unique in the experiment. */
  readonly id: string;
  readonly label: string;
  readonly method?: MethodName;
  /** Settings by path, e.g. `stopGradient`; may be computed from the settings that all runs share. */
  readonly settings:
    | Readonly<Record<string, string | number | boolean>>
    | ((base: RunConfig) => Record<string, number>);
  /** Changes in flight. */
  readonly changes?: readonly LiveChange[];
  /** It begins from a checkpoint of another run of the experiment, in place of step 0, and makes these changes there. */
  readonly fork?: {
    readonly from: string;
    readonly step: number;
    readonly changes: readonly (readonly [key: LiveKey, value: LiveValue])[];
  };
  /** The paper's linear accuracy in percent (ImageNet, ResNet-50, 100 epochs); null where it gives none. */
  readonly paper: number | null;
  /** A further remark of the paper on this row. */
  readonly paperNote?: string;
}

/** A figure of a run: its mean over the seeds, with the standard error over seeds and queries, and the value of each seed. */
export interface Figure extends Estimate {
  readonly values: readonly number[];
}

/** The last measurements of a run, over one or several seeds; a figure is null where it was not measured. */
export interface RunSummary {
  readonly steps: number;
  /** Number of seeds. */
  readonly seeds: number;
  /** null where a seed's loss is not finite, too. */
  readonly loss: Figure | null;
  /** In units of 1/sqrt(d): 1 for outputs spread evenly over the sphere. */
  readonly relativeStd: Figure | null;
  readonly effectiveRank: Figure | null;
  /** kNN accuracy in [0, 1]. */
  readonly knn: Figure | null;
  /** Accuracy of a linear classifier on the frozen features, in [0, 1], the measure of the paper. */
  readonly probe?: Figure | null;
  /** kNN accuracy of the untrained network, in [0, 1]. */
  readonly untrainedKnn: Figure | null;
  /** Share of the most frequent class among the queries, in [0, 1]. */
  readonly chance: number | null;
  /** The diagnosis at the end, of each seed; empty where it is not known. */
  readonly states: readonly DiagnosisState[];
}

/** Whether the results of an experiment support the paper's claim. */
export interface Verdict {
  readonly outcome: 'reproduces' | 'partly' | 'does not' | 'cannot tell';
  /** Each row of the claim, with the numbers that support or contradict it. */
  readonly text: string;
}

/** Several runs on the same images, with the same seed, that differ in one respect. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  /** The question that the runs answer. */
  readonly question: string;
  /** What the paper found. */
  readonly claim: string;
  readonly runs: readonly ExperimentRun[];
  /** The fewest times that each run visits each image. A shorter run could not show the effect, so it is lengthened. */
  readonly leastEpochs?: number;
  /** The fewest steps of each run. */
  readonly leastSteps?: number;
  /** false for a question that the paper does not ask. */
  readonly isOfPaper?: false;
  /** Judges the claim by the results of the runs. `of` returns the summary of a run, or null if it has none. */
  verdict(of: (id: string) => RunSummary | null): Verdict;
}

/** The fewest steps of a run of the experiment on `images` training images. */
export function leastSteps(
  { leastEpochs = 0, leastSteps: least = 1 }: Pick<Experiment, 'leastEpochs' | 'leastSteps'>,
  images: number,
  batchSize: number,
): number {
  return Math.max(least, leastEpochs * Math.floor(images / batchSize));
}

/**
 * All changes in flight of a run. A fork has those of the run that it begins from: draws depend on seed and step alone, so that a run from
 * step 0 with these changes is the same, to the bit.
 */
export function changesOf({ runs }: Pick<Experiment, 'runs'>, { changes = [], fork }: ExperimentRun): LiveChange[] {
  if (fork === undefined) return [...changes];
  const parent = runs.find(({ id }) => id === fork.from);
  const before = parent === undefined ? [] : changesOf({ runs }, parent).filter(([step]) => step < fork.step);
  return [...before, ...fork.changes.map(([key, value]): LiveChange => [fork.step, key, value])];
}

/**
 * The settings of each run of an experiment. `adjust` computes the settings that all runs share from the preset's; `images` is the number of
 * training images, 0 where it is not known; no run is lengthened then.
 */
export function experimentConfigs(
  experiment: Experiment,
  preset: PresetName,
  dataset: DatasetChoice,
  adjust: (config: RunConfig) => RunConfig = (config) => config,
  images = 0,
): { readonly run: ExperimentRun; readonly config: RunConfig }[] {
  return experiment.runs.map((run) => {
    const shared = adjust(presetConfig(preset, dataset, run.method ?? 'simsiam'));
    const least = leastSteps(experiment, images, shared.batchSize);
    const base = { ...shared, totalSteps: Math.max(shared.totalSteps, least) };
    const settings = typeof run.settings === 'function' ? run.settings(base) : run.settings;
    const config = Object.entries(settings).reduce((made, [path, value]) => setConfigValue(made, path, value), base);
    return { run, config };
  });
}
