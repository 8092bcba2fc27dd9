import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseLeaf, setConfigValue } from '../../src/domain/configPath';
import type { Experiment } from '../../src/domain/experiments/experiment';
import { EXPERIMENTS } from '../../src/domain/experiments/registry';
import { type FolderCorrections, parseCorrections } from '../../src/domain/folderCorrections';
import { METHOD_NAMES } from '../../src/domain/methods/registry';
import { presetConfig } from '../../src/domain/presets';
import type { DatasetChoice, PresetName, RunConfig } from '../../src/domain/runConfig';
import { DATASET_CHOICES, PRESET_NAMES } from '../../src/domain/settings/names';
import { MOST_THREADS } from '../../src/engine/kernels/runtime/wasm/threads/board';
import { UsageError } from '../node/usageError';

export const USAGE = `npm run experiment -- [--preset ${PRESET_NAMES.join('|')}] [--dataset fashion-mnist|emoji-3d|FOLDER|ZIP]
  [--method ${METHOD_NAMES.join('|')}] [--set key=value ...] [--steps N] [--seed N] [--threads N] [--folders CORRECTIONS] [--json FILE]
  [--frames FILE] [--until N] [--checkpoint FILE [--every N]] [--from FILE] [--weights FILE]
Trains without the page, with the same engine. --set changes any setting, e.g. --set stopGradient=false --set engine=wasm.
Without --set engine, the engines are measured and the fastest is used. --threads limits the threads of the engine wasm, 1 to 8; results
do not depend on it. --folders corrects what folders are taken for, as npm run inspect does. --frames writes the picture of the outputs at
every probe.
--until stops after N steps and changes nothing else: the schedule is that of the whole run. --checkpoint writes the state of the run at its
end, and with --every after every N steps. --from goes on from such a file, with its settings, to the same numbers; a folder of images is
named again with --dataset.
--weights begins from the backbone of an encoder, a .safetensors file: its backbone, stem and image size become the run's, and images are
normalised as its were. --set backboneRate, frozenStages and frozenBatchNorm say how much of it is trained.

npm run experiment -- --preset ${EXPERIMENTS.map(({ name }) => name).join('|')}
  [--base ${PRESET_NAMES.join('|')}] [--seeds 1,2,3] [--dataset ...] [--set ...] [--steps N] [--json FILE]
Trains all runs of one of the paper's experiments with each seed, and prints mean and standard error beside the paper's figures.`;

function oneOf<T extends string>(names: readonly T[], name: string, option: string): T {
  const found = names.find((candidate) => candidate === name);
  if (found === undefined) throw new UsageError(`--${option} ${name}: choose one of ${names.join(', ')}.`);
  return found;
}

/** The values of the options, and the names of those that were given. @throws UsageError when an option is unknown */
export function readOptions() {
  try {
    const { values, tokens } = parseArgs({
      tokens: true,
      options: {
        preset: { type: 'string', default: 'small' },
        base: { type: 'string', default: 'small' },
        dataset: { type: 'string', default: 'fashion-mnist' },
        method: { type: 'string', default: 'simsiam' },
        set: { type: 'string', multiple: true, default: [] },
        steps: { type: 'string' },
        seed: { type: 'string' },
        seeds: { type: 'string' },
        threads: { type: 'string' },
        folders: { type: 'string' },
        json: { type: 'string' },
        frames: { type: 'string' },
        until: { type: 'string' },
        checkpoint: { type: 'string' },
        every: { type: 'string' },
        from: { type: 'string' },
        weights: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const given = tokens.flatMap((token) => (token.kind === 'option' ? token.name : []));
    return { ...values, given: new Set<string>(given) };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export type Options = ReturnType<typeof readOptions>;

export function datasetOf(options: Options): DatasetChoice {
  return DATASET_CHOICES.find((name) => name === options.dataset) ?? 'folder';
}

/** @throws UsageError when they cannot be read */
export function correctionsOf({ folders }: Pick<Options, 'folders'>): FolderCorrections {
  if (folders === undefined) return [];
  try {
    return parseCorrections(folders);
  } catch {
    throw new UsageError(`--folders ${folders}: write places and roles, e.g. 3:test,5:out.`);
  }
}

/** The experiment that `--preset` names; null where it names a preset for a single run. */
export function experimentOf({ preset }: Options): Experiment | null {
  return EXPERIMENTS.find(({ name }) => name === preset) ?? null;
}

export function baseOf({ base }: Options): PresetName {
  return oneOf(PRESET_NAMES, base, 'base');
}

/** `--seeds`, else `--seed`, else 1. */
export function seedsOf({ seeds, seed }: Options): number[] {
  return (seeds ?? seed ?? '1').split(',').map((text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < 0) {
      throw new UsageError(`--seeds ${seeds ?? seed}: write whole numbers with commas between them.`);
    }
    return value;
  });
}

/** `--threads`; undefined for as many as the machine has processors. */
export function threadsOf({ threads }: Options): number | undefined {
  if (threads === undefined) return undefined;
  const value = Number(threads);
  if (Number.isInteger(value) && value >= 1 && value <= MOST_THREADS) return value;
  throw new UsageError(`--threads ${threads}: write a whole number from 1 to ${MOST_THREADS}.`);
}

function stepsOf(text: string, option: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(`--${option} ${text}: write a whole number of steps, 1 or more.`);
}

/** The step after which `--until` stops a run of so many steps; undefined where it is left out. */
export function untilOf({ until }: Options, totalSteps: number): number | undefined {
  if (until === undefined) return undefined;
  const steps = stepsOf(until, 'until');
  if (steps <= totalSteps) return steps;
  throw new UsageError(`--until ${until}: the run has ${totalSteps} steps; --steps gives it more.`);
}

/** The file of `--checkpoint`, and the steps of `--every`; undefined where no checkpoint is wanted. */
export function checkpointOf({ checkpoint, every }: Options) {
  if (checkpoint === undefined) {
    if (every !== undefined) throw new UsageError('--every is for checkpoints: name their file with --checkpoint.');
    return undefined;
  }
  const folder = dirname(resolve(checkpoint));
  if (!existsSync(folder)) throw new UsageError(`--checkpoint ${checkpoint}: there is no folder ${folder}.`);
  return { file: checkpoint, every: every === undefined ? undefined : stepsOf(every, 'every') };
}

/** `config` with the values of `--set` and `--steps`. */
export function adjusted(config: RunConfig, options: Options): RunConfig {
  const settings = [...options.set];
  if (options.steps !== undefined) settings.push(`totalSteps=${options.steps}`);
  return settings.reduce((made, setting) => {
    const equals = setting.indexOf('=');
    if (equals < 0) throw new UsageError(`--set ${setting}: write it as key=value.`);
    try {
      return setConfigValue(made, setting.slice(0, equals), parseLeaf(setting.slice(equals + 1)));
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error));
    }
  }, config);
}

/**
 * The settings of a single run.
 * @param base changes those of the preset before `--set`
 */
export function configFrom(options: Options, base: (preset: RunConfig) => RunConfig = (preset) => preset): RunConfig {
  const presets: readonly string[] = [...PRESET_NAMES, ...EXPERIMENTS.map(({ name }) => name)];
  const preset = PRESET_NAMES.find((name) => name === options.preset);
  if (preset === undefined) throw new UsageError(`--preset ${options.preset}: choose one of ${presets.join(', ')}.`);
  const method = oneOf(METHOD_NAMES, options.method, 'method');
  const config = adjusted(base(presetConfig(preset, datasetOf(options), method)), options);
  return options.seed === undefined ? config : adjusted(config, { ...options, set: [`seed=${options.seed}`] });
}
