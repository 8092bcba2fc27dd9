import { parseArgs } from 'node:util';
import { SAMPLE_IDS } from '../../src/domain/imageDataset';
import { seededRandom } from '../../src/engine/random';
import { runCommand } from '../node/runCommand';
import { UsageError } from '../node/usageError';
import { plant, searched } from './plantedFolder';
import { someOfFolder, someOfSample } from './somePictures';

const USAGE = `npx tsx scripts/explore/plantDuplicates.ts FOLDER|SAMPLE [--images 10000] [--planted 500] [--seed 1]
Hides changed copies of pictures among pictures of a folder of JPEG or PNG files or of a sample, in memory, and measures how many the search for near
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
  if (folder === undefined) throw new UsageError('Name a folder of pictures, or a sample.');
  const random = seededRandom(Number(values.seed), 'planted duplicates');
  const sample = SAMPLE_IDS.find((id) => id === folder);
  const count = Number(values.images);
  const { names, originals } = await (sample === undefined
    ? someOfFolder(folder, count, random)
    : someOfSample(sample, count, random));
  const planted = await plant(originals, Number(values.planted), random);
  const started = performance.now();
  const { recall, precision, amongOriginals, wrong } = await searched(planted);
  const seconds = (performance.now() - started) / 1000;
  console.log(`${planted.copies.count} pictures, searched in ${seconds.toFixed(1)} s`);
  for (const [kind, share] of Object.entries(recall)) console.log(`recall ${kind}: ${share.toFixed(3)}`);
  console.log(`precision: ${precision.toFixed(4)}, wrong pairs: ${wrong.length}`);
  console.log(`pairs among the originals, not counted: ${amongOriginals}`);
  for (const { a, b, score, kind } of wrong.slice(0, 20)) {
    const name = (i: number) => names[planted.shows[i]];
    console.log(`  ${name(a)} and ${name(b)}: ${kind}, ${score.toFixed(3)}`);
  }
}

await runCommand(main, USAGE);
