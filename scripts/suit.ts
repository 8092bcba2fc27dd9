/**
 * `npm run suit -- [--folders NAME[@unlabelled],...] [--seeds N] [--images N] [--json FILE]`: measures whether settings that short runs choose
 * are better for a folder than the preset's. With classes kNN among the training images decides; `@unlabelled` hides the classes from
 * the search, and view retrieval decides. The choice and the preset are then trained at full length, and compared on the test images.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { breathe } from '../src/data/import/breathe';
import type { EngineInfo } from '../src/domain/engineInfo';
import { SAMPLE_IDS } from '../src/domain/imageDataset';
import { presetConfig } from '../src/domain/presets';
import type { DatasetChoice, RunConfig } from '../src/domain/runConfig';
import type { SuitTable } from '../src/domain/suiting/suitTable';
import { rankingOf } from '../src/domain/suiting/verdict';
import { candidateInWords } from '../src/domain/suiting/words';
import type { TrainingImages } from '../src/engine/images/pictureCache';
import { asMeasured } from '../src/engine/run/suit/planning';
import { suitImages } from '../src/engine/run/suit/suitImages';
import { trainOnce } from './experiment/trainOnce';
import { imagesOfRun } from './node/imagesOfRun';
import { startNodeEngine } from './node/nodeEngine';
import { runCommand } from './node/runCommand';
import { fileTuningCache } from './node/tuningCache';
import { UsageError } from './node/usageError';

const USAGE = 'npm run suit -- [--folders NAME[@unlabelled],...] [--seeds N] [--images N] [--json FILE]';

const TUNING = fileTuningCache('node_modules/.cache/simsiam-lab/tuning.json');

interface Accuracies {
  readonly knn: number | null;
  readonly probe: number | null;
}

/** A round's candidates in words, the best first. */
type RoundRow = readonly { readonly words: string; readonly score: number | 'diverged' }[];

interface Row {
  readonly folder: string;
  readonly seed: number;
  readonly choice: string;
  readonly rounds: readonly RoundRow[];
  readonly searchSeconds: number;
  readonly preset: Accuracies;
  readonly chosen: Accuracies;
}

/** Trains settings at the length that they have, and measures them on the test images. */
async function atFullLength(config: RunConfig, images: TrainingImages, engine: EngineInfo): Promise<Accuracies> {
  const { final } = await trainOnce(images, config, engine, () => undefined);
  return { knn: final.knn?.accuracy ?? null, probe: final.probe?.accuracy ?? null };
}

function roundsOf({ rounds, entries }: SuitTable): RoundRow[] {
  return rounds.map((_, round) =>
    rankingOf(entries, round).map((entry) => {
      const { config, outcomes } = entries[entry];
      const outcome = outcomes[round];
      return { words: candidateInWords(config), score: outcome?.kind === 'score' ? outcome.value : 'diverged' };
    }),
  );
}

/** Says each outcome once, as it comes in. */
function logger(log: (line: string) => void): (table: SuitTable) => void {
  const said = new Set<string>();
  return ({ entries }) => {
    for (const { config, outcomes } of entries) {
      outcomes.forEach((outcome, round) => {
        if (outcome === null) return;
        const score = outcome.kind === 'score' ? outcome.value.toFixed(3) : 'diverged';
        const line = `round ${round + 1}: ${score}, ${candidateInWords(config)}`;
        if (!said.has(line)) log(line);
        said.add(line);
      });
    }
  };
}

async function rowOf(folder: string, seed: number, count: number): Promise<Row> {
  const [location = '', mode] = folder.split('@');
  const choice: DatasetChoice = SAMPLE_IDS.find((id) => id === location) ?? 'folder';
  const preset: RunConfig = { ...presetConfig('tiny', choice), seed, images: count };
  const { images } = await imagesOfRun(location, preset, []);
  const engine = await startNodeEngine('wasm', 2);
  const began = performance.now();
  const table = await suitImages({
    images,
    own: preset,
    engine,
    kernels: { tuning: TUNING, isSoftware: engine.isSoftware },
    measure: mode === 'unlabelled' ? 'viewRetrieval' : 'knn',
    planning: asMeasured,
    between: breathe,
    now: () => performance.now(),
    onTable: logger((line) => console.log(`${folder}, seed ${seed}, ${line}`)),
  });
  const [best = 0] = rankingOf(table.entries, table.rounds.length - 1);
  const { config } = table.entries[best];
  return {
    folder,
    seed,
    choice: candidateInWords(config),
    rounds: roundsOf(table),
    searchSeconds: (performance.now() - began) / 1000,
    preset: await atFullLength(preset, images, engine),
    chosen: await atFullLength(config, images, engine),
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
