import { parseArgs } from 'node:util';
import { runCommand } from './node/runCommand';
import { UsageError } from './node/usageError';
import { reportOn } from './report/reportOn';

const USAGE = `npm run report -- SAMPLE|FOLDER|ZIP [--weights FILE [--before FILE]] [--json FILE] [--html FILE]
Says what a folder of images holds: exact and near duplicates, images that are alike, clusters, outliers, and pictures of poor quality. Nothing
is deleted or moved. --weights: encoder.safetensors of npm run export, or the folder that holds it, or a checkpoint; its features are then
compared, and the report says whether they are better than raw pixels, which are compared without it. --before: the weights that its training
began with; the report then says whether training made them better for this folder. --html writes one page that needs no network. docs/report.md says what each list means and how sure it is.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      weights: { type: 'string' },
      before: { type: 'string' },
      json: { type: 'string' },
      html: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [location, another] = positionals;
  if (location === undefined || another !== undefined) throw new UsageError('Name one folder, archive or sample.');
  const { weights, before, json, html } = values;
  console.log(await reportOn({ location, weights, before, json, html }));
}

await runCommand(main, USAGE);
