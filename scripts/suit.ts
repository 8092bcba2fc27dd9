/**
 * `npm run suit -- [--folders NAME[@unlabelled],...] [--seeds N] [--images N] [--json FILE]`: measures whether settings that short runs choose
 * are better for a folder than the preset's. With classes kNN among the training images decides; `@unlabelled` hides the classes from
 * the search, and view retrieval decides. The choice and the preset are then trained at full length, and compared on the test images.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { EngineInfo } from '../src/domain/engineInfo';
import { SAMPLE_IDS } from '../src/domain/imageDataset';
import type { DatasetChoice, RunConfig } from '../src/domain/runConfig';
import type { TrainingImages } from '../src/engine/images/pictureCache';
import { trainOnce } from './experiment/trainOnce';
import { imagesOfRun } from './node/imagesOfRun';
import { startNodeEngine } from './node/nodeEngine';
import { runCommand } from './node/runCommand';
import { UsageError } from './node/usageError';
import { candidates, wordsOf } from './suit/candidates';
import { bestOf, type Round, stepsOf } from './suit/halving';

const USAGE = 'npm run suit -- [--folders NAME[@unlabelled],...] [--seeds N] [--images N] [--json FILE]';

/** Candidates of a search. */
const CANDIDATES = 8;

interface Accuracies {
  readonly knn: number | null;
  readonly probe: number | null;
}

interface Row {
  readonly folder: string;
  readonly seed: number;
  readonly choice: string;
  readonly rounds: readonly Round[];
  readonly searchSeconds: number;
  readonly preset: Accuracies;
  readonly chosen: Accuracies;
}

/** Trains settings for as many images as the preset's run has, and measures them on the test images. */
async function atFullLength(config: RunConfig, preset: RunConfig, images: TrainingImages, engine: EngineInfo) {
  const totalSteps = stepsOf(config, preset.totalSteps * preset.batchSize);
  const { final } = await trainOnce(images, { ...config, totalSteps }, engine, () => undefined);
  return { knn: final.knn?.accuracy ?? null, probe: final.probe?.accuracy ?? null };
}

async function rowOf(folder: string, seed: number, count: number): Promise<Row> {
  const [location = '', mode] = folder.split('@');
  const choice: DatasetChoice = SAMPLE_IDS.find((id) => id === location) ?? 'folder';
  const [preset, ...others] = candidates(choice, seed, CANDIDATES).map((config) => ({ ...config, images: count }));
  if (preset === undefined) throw new Error('there are no candidates');
  const { images } = await imagesOfRun(location, preset, []);
  const engine = await startNodeEngine('wasm', 2);
  const began = performance.now();
  const { best, rounds } = await bestOf([preset, ...others], images, {
    byClasses: mode !== 'unlabelled',
    engine,
    log: (line) => console.log(`${folder}, seed ${seed}, ${line}`),
  });
  return {
    folder,
    seed,
    choice: wordsOf(best),
    rounds,
    searchSeconds: (performance.now() - began) / 1000,
    preset: await atFullLength(preset, preset, images, engine),
    chosen: await atFullLength(best, preset, images, engine),
  };
}

/** A whole number of an option, 1 or more. */
function countOf(text: string, option: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new UsageError(`--${option} ${text}: write a whole number, 1 or more.`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folders: { type: 'string', default: 'fashion-mnist,emoji-3d' },
      seeds: { type: 'string', default: '3' },
      images: { type: 'string', default: '2000' },
      json: { type: 'string' },
    },
  });
  const [seeds, count] = [countOf(values.seeds, 'seeds'), countOf(values.images, 'images')];
  const rows: Row[] = [];
  for (const folder of values.folders.split(',')) {
    for (let seed = 1; seed <= seeds; seed++) {
      const row = await rowOf(folder, seed, count);
      rows.push(row);
      console.log(JSON.stringify({ ...row, rounds: undefined }));
      if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
    }
  }
}

await runCommand(main, USAGE);
