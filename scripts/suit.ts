/**
 * `npm run suit -- [--folders NAME[@unlabelled],...] [--seeds N] [--json FILE]`: measures whether settings that short runs choose by
 * successive halving (Jamieson & Talwalkar 2016) are better for a folder than the preset's. Classes, where they are used, decide by kNN among
 * the training images; without classes view retrieval decides. The choice and the preset are then trained at full length, and compared on the
 * test images.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SAMPLE_IDS } from '../src/domain/imageDataset';
import type { DatasetChoice, RunConfig } from '../src/domain/runConfig';
import { trainOnce } from './experiment/trainOnce';
import { imagesOfRun } from './node/imagesOfRun';
import { startNodeEngine } from './node/nodeEngine';
import { runCommand } from './node/runCommand';
import { candidates, wordsOf } from './suit/candidates';
import { scoreOf, viewPair } from './suit/shortRun';

const USAGE = 'npm run suit -- [--folders NAME[@unlabelled],...] [--seeds N] [--json FILE]';

const FIRST = 8;
/** Images that a candidate is trained on in the first round; each round keeps half, for twice as long. */
const IMAGES = 2560;
const ROUNDS = 3;

const stepsOf = ({ batchSize }: RunConfig, images: number) => Math.round(images / batchSize);

interface Row {
  readonly folder: string;
  readonly seed: number;
  readonly choice: string;
  readonly rounds: readonly (readonly { readonly words: string; readonly score: number }[])[];
  readonly searchSeconds: number;
  readonly preset: { readonly knn: number; readonly probe: number; readonly error: number };
  readonly chosen: { readonly knn: number; readonly probe: number; readonly error: number };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folders: { type: 'string', default: 'fashion-mnist,emoji-3d' },
      seeds: { type: 'string', default: '3' },
      json: { type: 'string' },
      images: { type: 'string', default: '2000' },
    },
  });
  const rows: Row[] = [];
  for (const entry of values.folders.split(',')) {
    const [location, mode] = entry.split('@');
    const byClasses = mode !== 'unlabelled';
    const choice: DatasetChoice = SAMPLE_IDS.find((id) => id === location) ?? 'folder';
    for (let seed = 1; seed <= Number(values.seeds); seed++) {
      const all = candidates(choice, seed, FIRST).map((config) => ({ ...config, images: Number(values.images) }));
      const [preset] = all;
      const { images } = await imagesOfRun(location, preset, []);
      const engine = await startNodeEngine('wasm', 2);
      const views = await viewPair(images, preset, preset.augment);
      const began = performance.now();
      let left: readonly RunConfig[] = all;
      const rounds: Row['rounds'][number][] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const scored: { config: RunConfig; score: number }[] = [];
        for (const config of left) {
          const score = await scoreOf(images, config, stepsOf(config, IMAGES * 2 ** round), views, byClasses, engine);
          console.log(`${entry} seed ${seed} round ${round}: ${score.toFixed(3)} ${wordsOf(config)}`);
          scored.push({ config, score });
        }
        scored.sort((a, b) => b.score - a.score);
        rounds.push(scored.map(({ config, score }) => ({ words: wordsOf(config), score })));
        left = scored.slice(0, Math.ceil(scored.length / 2)).map(({ config }) => config);
      }
      const [best] = left;
      const searchSeconds = (performance.now() - began) / 1000;
      const final = async (config: RunConfig) => {
        const totalSteps = stepsOf(config, preset.totalSteps * preset.batchSize);
        const { final: end } = await trainOnce(images, { ...config, totalSteps }, engine, () => undefined);
        return {
          knn: end.knn?.accuracy ?? 0,
          probe: end.probe?.accuracy ?? 0,
          error: end.knn?.standardError ?? 0,
        };
      };
      const row: Row = {
        folder: entry,
        seed,
        choice: wordsOf(best),
        rounds,
        searchSeconds,
        preset: await final(preset),
        chosen: await final(best),
      };
      rows.push(row);
      console.log(JSON.stringify({ ...row, rounds: undefined }));
      if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
    }
  }
}

await runCommand(main, USAGE);
