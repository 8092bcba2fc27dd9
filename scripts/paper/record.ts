import { setConfigValue } from '../../src/domain/configPath';
import type { EngineInfo } from '../../src/domain/engineInfo';
import { experimentConfigs } from '../../src/domain/experiments/experiment';
import { type ImageDataset, indicesOf, TRAIN } from '../../src/domain/imageDataset';
import { presetConfig } from '../../src/domain/presets';
import type { RunConfig } from '../../src/domain/runConfig';
import { encodeShareLink } from '../../src/domain/shareLink';
import { startEngine } from '../../src/engine/backend/startEngine';
import { summaryOf } from '../experiment/runExperiment';
import { trainOnce } from '../experiment/trainOnce';
import { readSample } from '../node/loadDataset';
import { type PlannedExperiment, SEEDS } from './plan';
import { type RecordedExperiment, type RecordedRun, readResults, writeResults } from './results';

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

let engine: EngineInfo | null = null;
/** Samples that were read, since the runs of several experiments share one, and the raw-pixel accuracy that is kept with it. */
const samples = new Map<string, ImageDataset>();

async function sampleOf(id: PlannedExperiment['dataset']): Promise<ImageDataset> {
  const dataset = samples.get(id) ?? (await readSample(id, presetConfig('tiny', id)));
  samples.set(id, dataset);
  return dataset;
}

/** The runs of an experiment with each seed, with their links; `images` training images. */
function runsOf({ experiment, dataset, steps, settings }: PlannedExperiment, images: number) {
  const adjust = (config: RunConfig) =>
    Object.entries({ totalSteps: steps, ...settings }).reduce(
      (made, [path, value]) => setConfigValue(made, path, value),
      config,
    );
  return SEEDS.flatMap((seed) =>
    experimentConfigs(experiment, 'tiny', dataset, adjust, images).map(({ run, config: shared }) => {
      const config = { ...shared, seed };
      return { id: run.id, seed, config, link: encodeShareLink({ config, changes: [], folder: null }) };
    }),
  );
}

/** Makes the runs of an experiment that are not recorded yet, or were recorded with other settings; writes the results after each run. */
export async function recordExperiment(planned: PlannedExperiment, log: (line: string) => void): Promise<void> {
  const before = readResults(planned.name);
  const dataset = await sampleOf(planned.dataset);
  const wanted = runsOf(planned, indicesOf(dataset, TRAIN).length);
  const known = new Map(before?.runs.map((run) => [run.link, run]));
  const missing = wanted.filter(({ link }) => !known.has(link));
  log(`${planned.name}: ${wanted.length} runs, ${missing.length} to be made.`);
  if (missing.length === 0) return;
  engine ??= await startEngine('wasm', { onUncapturedError: fail, onLost: fail });
  for (const { id, seed, config, link } of missing) {
    const result = await trainOnce(dataset, config, engine, () => undefined);
    const run: RecordedRun = { id, seed, link, summary: summaryOf(result) };
    known.set(link, run);
    const results: RecordedExperiment = {
      date: new Date().toISOString().slice(0, 10),
      engine: engine.engine,
      adapter: engine.description,
      dataset: dataset.name,
      runs: wanted.flatMap((planned) => known.get(planned.link) ?? []),
    };
    writeResults(planned.name, results);
    log(`  ${id}, seed ${seed}: kNN ${run.summary.knn?.value.toFixed(3) ?? '–'}, ${run.summary.states.join('')}`);
  }
}
