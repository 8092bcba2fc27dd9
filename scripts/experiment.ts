import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { HOLD_OUT_SEED } from '../src/data/importTypes';
import { startEngine } from '../src/engine/backend/startEngine';
import { gflopPerStep } from '../src/engine/cost';
import { Trainer, type TrainerListener } from '../src/engine/trainer';
import { parseLeaf, setConfigValue } from '../src/spec/configPath';
import { METHOD_NAMES } from '../src/spec/methods/registry';
import { presetConfig } from '../src/spec/presets';
import {
  DATASET_CHOICES,
  type DatasetChoice,
  type EngineChoice,
  PRESET_NAMES,
  type RunConfig,
} from '../src/spec/runConfig';
import { runRecord } from './experiment/runRecord';
import { NoAdapterError, startNodeGpu } from './node/gpu';
import { loadDataset } from './node/loadDataset';

const USAGE = `npm run experiment -- [--preset ${PRESET_NAMES.join('|')}] [--dataset fashion-mnist|emoji-3d|FOLDER|ZIP]
  [--method ${METHOD_NAMES.join('|')}] [--set key=value ...] [--steps N] [--seed N] [--json FILE]
Trains without a page, with the engine the page uses. --set takes any setting, e.g. --set stopGradient=false --set engine=wasm.
Without --set engine the fastest is taken, by measurement.`;

/** A mistake in the command line: shown with the usage, without a stack. */
class UsageError extends Error {}

function oneOf<T extends string>(names: readonly T[], name: string, option: string): T {
  const found = names.find((candidate) => candidate === name);
  if (found === undefined) throw new UsageError(`--${option} ${name}: choose one of ${names.join(', ')}.`);
  return found;
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        preset: { type: 'string', default: 'small' },
        dataset: { type: 'string', default: 'fashion-mnist' },
        method: { type: 'string', default: 'simsiam' },
        set: { type: 'string', multiple: true, default: [] },
        steps: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

type Options = ReturnType<typeof readOptions>;

function configFrom(options: Options): RunConfig {
  const dataset: DatasetChoice = DATASET_CHOICES.find((name) => name === options.dataset) ?? 'folder';
  const method = oneOf(METHOD_NAMES, options.method, 'method');
  let config = presetConfig(oneOf(PRESET_NAMES, options.preset, 'preset'), dataset, method);
  const settings = [...options.set];
  if (options.steps !== undefined) settings.push(`totalSteps=${options.steps}`);
  if (options.seed !== undefined) settings.push(`seed=${options.seed}`);
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    if (equals < 0) throw new UsageError(`--set ${setting}: write it as key=value.`);
    try {
      config = setConfigValue(config, setting.slice(0, equals), parseLeaf(setting.slice(equals + 1)));
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error));
    }
  }
  return config;
}

/** Puts WebGPU within reach where the engine asked for may want it. */
async function offerGpu(choice: EngineChoice): Promise<void> {
  if (choice === 'wasm') return;
  try {
    await startNodeGpu();
  } catch (error) {
    if (choice !== 'auto' || !(error instanceof NoAdapterError)) throw error;
  }
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const config = configFrom(options);
  await offerGpu(config.engine);
  const engine = await startEngine(config.engine, {
    onUncapturedError: (message) => {
      console.error(`GPU error: ${message}`);
      process.exit(1);
    },
    onLost: (message) => {
      console.error(`GPU lost: ${message}`);
      process.exit(1);
    },
  });
  const { dataset, skipped } = await loadDataset(options.dataset, {
    size: config.imageSize,
    seed: HOLD_OUT_SEED,
    batchSize: config.batchSize,
  });
  for (const { path, reason } of skipped) console.error(`skipped ${path}: ${reason}`);
  console.log(
    `${dataset.count} images of ${dataset.name}, ${gflopPerStep(config).toFixed(2)} GFLOP a step, on ${engine.engine}: ${engine.description}`,
  );
  if (engine.fallbackReason !== null) console.log(engine.fallbackReason);

  const record = runRecord(config, engine);
  const listener: TrainerListener = {
    ...record.listener,
    measured(measurement) {
      record.listener.measured(measurement);
      if (measurement.effectiveRank !== undefined || measurement.knn !== undefined) console.log(record.progressLine());
    },
    marked(marker) {
      record.listener.marked(marker);
      console.log(
        `step ${marker.step}: ${marker.kind === 'change' ? `${marker.key} = ${marker.value}` : marker.state}`,
      );
    },
  };
  const trainer = new Trainer(dataset, config, [], listener);
  await trainer.start();
  let outcome = await trainer.advance();
  while (outcome === 'continue') outcome = await trainer.advance();
  await trainer.flush();
  const result = record.result(outcome);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`${outcome} after ${result.steps} steps: ${JSON.stringify(result.final)}`);
}

try {
  await main();
  // Dawn keeps the process alive.
  process.exit(0);
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
  else console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
