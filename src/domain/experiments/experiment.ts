import type { Estimate } from '../accuracy';
import { setConfigValue } from '../configPath';
import type { DiagnosisState } from '../diagnosis/states';
import type { MethodName } from '../methods/registry';
import { presetConfig } from '../presets';
import type { DatasetChoice, PresetName, RunConfig } from '../runConfig';

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
  /** Judges the claim by the results of the runs. `of` returns the summary of a run, or null if it has none. */
  verdict(of: (id: string) => RunSummary | null): Verdict;
}

/** The fewest steps of a run of the experiment on `images` training images. */
export function leastSteps({ leastEpochs = 0 }: Experiment, images: number, batchSize: number): number {
  return Math.max(1, leastEpochs * Math.floor(images / batchSize));
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
