import { readFileSync, statSync } from 'node:fs';
import { flattenConfig } from '../../src/domain/configPath';
import { counted } from '../../src/domain/counted';
import type { EngineChoice, RunConfig } from '../../src/domain/runConfig';
import type { Checkpoint } from '../../src/engine/run/checkpoint/checkpoint';
import { readCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { UnusableFile } from '../../src/formats/unusableFile';
import { holdsImages, projectIn } from '../node/projectIn';
import { UsageError } from '../node/usageError';
import { adjusted, type Options } from './options';

/** Runs `work`, and names the file in what it throws because the file is damaged or of another kind. */
export async function namingFile<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new Error(`${file} ${error.message}. Go on from another checkpoint, or begin the run again without --from.`);
  }
}

/** @throws Error naming the file and saying what to do, where it is missing or cannot be used */
export function checkpointAt(file: string): Promise<Checkpoint> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `--from ${file} cannot be read: ${reason}. Name a file that --checkpoint has written, or a project file.`,
    );
  }
  return namingFile(file, async () => (await projectIn(file, bytes.length)) ?? readCheckpoint(bytes));
}

/**
 * Checks that the command line asks for nothing else than the checkpoint's run. The engine may be another one.
 * @throws UsageError naming what differs
 */
export function expectAgreeing(options: Options, { config, step }: Checkpoint, until: number | undefined): void {
  const asked = flattenConfig(askedFor(options, config));
  const differing = [...flattenConfig(config)].filter(
    ([path, value]) => path !== 'engine' && asked.get(path) !== value,
  );
  if (differing.length > 0) {
    const list = differing.map(([path, value]) => `${path}=${value} and not ${asked.get(path)}`).join(', ');
    throw new UsageError(
      `--from goes on with the settings of the checkpoint, which has ${list}. Leave that out, or begin a new run without --from.`,
    );
  }
  if (until !== undefined && until <= step) {
    throw new UsageError(`--until ${until}: the checkpoint is of step ${step} already.`);
  }
}

/** The checkpoint's settings with those that were given beside `--from`. */
function askedFor(options: Options, config: RunConfig): RunConfig {
  const { given, set, seed, preset, method } = options;
  const named = { preset, method, seed };
  const more = Object.entries(named).flatMap(([name, value]) => (given.has(name) ? [`${name}=${value}`] : []));
  return adjusted(config, { ...options, set: [...set, ...more] });
}

/** The engine to start: that of `--set engine=`, else the checkpoint's. */
export function engineToStart(options: Options, { config, engine }: Checkpoint): EngineChoice {
  const isGiven = options.set.some((setting) => setting.startsWith('engine='));
  return isGiven ? askedFor(options, config).engine : engine.engine;
}

/**
 * The images to load: those of `--dataset`, else the checkpoint's sample, else those in its project file.
 * @throws UsageError where it has none
 */
export async function imagesToLoad(options: Options, { dataset }: Checkpoint): Promise<string> {
  if (options.given.has('dataset')) return options.dataset;
  if (dataset.sample !== null) return dataset.sample;
  const { from } = options;
  if (from !== undefined && (await holdsImages(from, statSync(from).size))) return from;
  throw new UsageError(
    `--from: the checkpoint's run has images of its own: name “${dataset.name}” (${counted(dataset.count, 'image')}) with --dataset.`,
  );
}
