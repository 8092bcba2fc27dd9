import { writeFileSync } from 'node:fs';
import { counted } from '../src/domain/counted';
import type { EngineInfo } from '../src/domain/engineInfo';
import type { Experiment } from '../src/domain/experiments/experiment';
import { presetConfig } from '../src/domain/presets';
import type { RunConfig } from '../src/domain/runConfig';
import { endOfRun } from '../src/domain/runLength';
import type { TrainingImages } from '../src/engine/images/pictureCache';
import { gflopPerStep } from '../src/engine/methods/registry';
import { pairsLieInOneBatch } from '../src/engine/network/nn/bothViews';
import type { Checkpoint } from '../src/engine/run/checkpoint/checkpoint';
import { stepMemory } from '../src/engine/run/stepMemory';
import { formatBytes } from '../src/formats/bytes';
import { checkpointAt, engineToStart, expectAgreeing, imagesToLoad, namingFile } from './experiment/fromCheckpoint';
import { warmRun } from './experiment/fromWeights';
import {
  adjusted,
  baseOf,
  checkpointOf,
  configFrom,
  correctionsOf,
  datasetOf,
  experimentOf,
  type Options,
  readOptions,
  seedsOf,
  threadsOf,
  USAGE,
  untilOf,
} from './experiment/options';
import { recordFrames } from './experiment/recordFrames';
import { experimentTable, runExperiment } from './experiment/runExperiment';
import { trainOnce } from './experiment/trainOnce';
import { imagesOfRun } from './node/imagesOfRun';
import { startEngineOrAnother, startNodeEngine } from './node/nodeEngine';
import { runCommand } from './node/runCommand';
import { UsageError } from './node/usageError';

/** The engine that a checkpoint was computed by, or another one where it cannot be had. */
function engineAgain(checkpoint: Checkpoint, options: Options): Promise<EngineInfo> {
  const threads = threadsOf(options) ?? (checkpoint.engine.threads || undefined);
  return startEngineOrAnother(engineToStart(options, checkpoint), threads);
}

async function imagesFor(config: RunConfig, options: Options, location = options.dataset): Promise<TrainingImages> {
  const { images, plan } = await imagesOfRun(location, config, correctionsOf(options));
  if (plan?.isMisfit === true) throw new UsageError('--folders names places that this folder does not have.');
  return images;
}

function write(file: string | undefined, result: object): void {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}

async function single(options: Options): Promise<void> {
  if (options.from !== undefined && options.weights !== undefined) {
    throw new UsageError('--from goes on with the weights of its checkpoint: leave out --weights.');
  }
  const from = options.from === undefined ? undefined : await checkpointAt(options.from);
  const warm = options.weights === undefined ? undefined : await warmRun(options, options.weights);
  const config = from?.config ?? warm?.config ?? configFrom(options);
  const end = endOfRun(config, from?.changes.made ?? []);
  const until = untilOf(options, end);
  const checkpoint = checkpointOf(options);
  if (from !== undefined) expectAgreeing(options, from, until);
  const location = from === undefined ? options.dataset : await imagesToLoad(options, from);
  const engine =
    from === undefined ? await startNodeEngine(config.engine, threadsOf(options)) : await engineAgain(from, options);
  const dataset = await imagesFor(config, options, location);
  console.log(
    `${counted(dataset.count, 'image')} of ${dataset.name}, ${gflopPerStep(config, pairsLieInOneBatch()).toFixed(2)} GFLOP and about ${formatBytes(stepMemory(config))} of memory a step, on ${engine.engine}: ${engine.description}`,
  );
  if (from !== undefined) console.log(`goes on from step ${from.step} of ${end}, ${options.from}`);
  if (warm !== undefined) console.log(`begins from the weights of ${options.weights}`);
  for (const note of warm?.notes ?? []) console.log(note);
  const frames = recordFrames();
  const onSignal = options.frames === undefined ? undefined : frames.take;
  const more = { onSignal, until, checkpoint, from, start: warm?.start };
  const result = await namingFile(options.from ?? '', () => trainOnce(dataset, config, engine, console.log, more));
  if (options.frames !== undefined) writeFileSync(options.frames, `${JSON.stringify(frames.json(config))}\n`);
  write(options.json, result);
  console.log(`${result.outcome} after ${result.steps} steps: ${JSON.stringify(result.final)}`);
}

async function several(experiment: Experiment, options: Options): Promise<void> {
  const forOne = ['frames', 'until', 'checkpoint', 'every', 'from', 'weights'].find((name) => options.given.has(name));
  if (forOne !== undefined) throw new UsageError(`--${forOne} is for a single run: choose a preset of settings.`);
  const choice = {
    base: baseOf(options),
    dataset: datasetOf(options),
    seeds: seedsOf(options),
    adjust: (config: RunConfig) => adjusted(config, options),
  };
  const engine = await startNodeEngine(
    choice.adjust(presetConfig(choice.base, choice.dataset)).engine,
    threadsOf(options),
  );
  let loaded: { readonly stored: string; readonly dataset: TrainingImages } | null = null;
  const images = async (config: RunConfig) => {
    const stored = `${config.sourceSize} ${config.imageSize} ${config.images}`;
    if (loaded?.stored !== stored) {
      loaded = { stored, dataset: await imagesFor(config, options) };
    }
    return loaded.dataset;
  };
  console.log(`${experiment.title}, on ${engine.engine}: ${engine.description}\n${experiment.question}`);
  const result = await runExperiment(experiment, choice, images, engine, console.log);
  write(options.json, result);
  console.log(`\n${experimentTable(result)}`);
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const experiment = experimentOf(options);
  await (experiment === null ? single(options) : several(experiment, options));
}

await runCommand(main, USAGE);
