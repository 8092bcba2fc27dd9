import { parseArgs } from 'node:util';
import { counted } from '../src/domain/counted';
import { embedTo } from './export/embedTo';
import { runCommand } from './node/runCommand';
import { UsageError } from './node/usageError';

const USAGE = `npm run embed -- SAMPLE|FOLDER|ZIP --weights FILE --out FILE.npy [--batch N]
Writes the features of images, float32 [images, features], and beside it FILE.csv with their paths, classes and splits in the same order.
--weights: encoder.safetensors of npm run export, or the folder that holds it; a checkpoint or a project file; or the safetensors file of a ResNet with
torchvision's names that has the layers of one of our backbones. --batch: images embedded at once; no result depends on it.`;

function batchOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(`--batch ${text}: write a whole number of images, 1 or more.`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      weights: { type: 'string' },
      out: { type: 'string' },
      batch: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [location, another] = positionals;
  const { weights, out } = values;
  if (location === undefined || another !== undefined) throw new UsageError('Name one folder, archive or sample.');
  if (weights === undefined) throw new UsageError('Name the weights with --weights.');
  if (out === undefined || !out.endsWith('.npy')) throw new UsageError('Name a file that ends in .npy with --out.');
  const { images, features } = await embedTo({ location, weights, out, batch: batchOf(values.batch) });
  console.log(`${counted(images, 'image')}, ${features} features each, in ${out}`);
}

await runCommand(main, USAGE);
