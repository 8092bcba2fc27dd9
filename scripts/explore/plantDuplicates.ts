import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../src/engine/random';
import { runCommand } from '../node/runCommand';
import { UsageError } from '../node/usageError';
import { decoded, plant, searched } from './plantedFolder';

const USAGE = `npx tsx scripts/explore/plantDuplicates.ts FOLDER [--images 10000] [--planted 500] [--seed 1]
Hides changed copies of pictures among pictures of a folder of JPEG or PNG files, in memory, and measures how many the search for near
duplicates finds. Nothing is written.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      images: { type: 'string', default: '10000' },
      planted: { type: 'string', default: '500' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new UsageError('Name a folder of pictures.');
  const entries = await readdir(folder, { recursive: true });
  const files = entries.filter((name) => /\.(jpe?g|png)$/i.test(name)).sort();
  const random = seededRandom(Number(values.seed), 'planted duplicates');
  const chosen = Array.from(random.permutation(files.length).subarray(0, Number(values.images)), (i) => files[i]);
  const originals = await Promise.all(chosen.map(async (name) => decoded(await readFile(join(folder, name)))));
  const planted = await plant(originals, Number(values.planted), random);
  const started = performance.now();
  const { recall, precision, amongOriginals, wrong } = await searched(planted);
  const seconds = (performance.now() - started) / 1000;
  console.log(`${planted.copies.count} pictures, searched in ${seconds.toFixed(1)} s`);
  for (const [kind, share] of Object.entries(recall)) console.log(`recall ${kind}: ${share.toFixed(3)}`);
  console.log(`precision: ${precision.toFixed(4)}, wrong pairs: ${wrong.length}`);
  console.log(`pairs among the originals, not counted: ${amongOriginals}`);
  for (const { a, b, score, kind } of wrong.slice(0, 20)) {
    const name = (i: number) => chosen[planted.shows[i]];
    console.log(`  ${name(a)} and ${name(b)}: ${kind}, ${score.toFixed(3)}`);
  }
}

await runCommand(main, USAGE);
