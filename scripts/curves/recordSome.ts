/**
 * Records the planned curves whose keys are its arguments, all of one engine, and prints each as a line of JSON. A process of its own for
 * `npm run curves`, which starts several.
 */
import type { ImageDataset } from '../../src/domain/imageDataset';
import { encodeShareLink } from '../../src/domain/shareLink';
import { startEngine } from '../../src/engine/backend/startEngine';
import { trainOnce } from '../experiment/trainOnce';
import { startNodeGpu } from '../node/gpu';
import { readSample } from '../node/loadDataset';
import { keyOf } from './files';
import { plannedCurves } from './matrix';
import { recordedCurve } from './recordedCurve';

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

const keys = new Set(process.argv.slice(2));
const planned = plannedCurves().filter(({ run, config }) => keys.has(keyOf({ run, seed: config.seed })));
const [first] = planned;
if (first === undefined) fail('No planned curve has one of these keys.');
if (first.engine === 'webgpu') await startNodeGpu();
const engine = await startEngine(first.engine, { onUncapturedError: fail, onLost: fail });
const datasets = new Map<string, ImageDataset>();
for (const { run, config, changes } of planned) {
  const { dataset: name } = config;
  if (name === 'folder') fail(`${run}: a planned curve uses a sample.`);
  const key = `${name} ${config.sourceSize} ${config.imageSize}`;
  const dataset = datasets.get(key) ?? (await readSample(name, config));
  datasets.set(key, dataset);
  const result = await trainOnce(dataset, config, engine, () => undefined, { changes });
  const link = encodeShareLink({ config, changes, folder: null });
  process.stdout.write(`${JSON.stringify(recordedCurve(run, link, result))}\n`);
}
// Dawn keeps the process alive.
process.exit(0);
