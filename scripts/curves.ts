/**
 * `npm run curves -- [--only TEXT] [--engine wasm|webgpu] [--jobs N] [--prune] [--list]`: trains the runs of `scripts/curves/matrix.ts` and
 * adds their curves to `test/fixtures/curves/`, which a test replays through the diagnosis. A curve that is there with the same settings is
 * not recorded again, so that the command can be interrupted and repeated. `--only` takes the runs whose name contains TEXT, `--jobs`
 * that many processes at once (1), `--prune` removes curves that are not planned, `--list` only prints what is missing.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { encodeShareLink } from '../src/domain/shareLink';
import { keyOf, readCurves, writeCurves } from './curves/files';
import { ENGINES, type PlannedCurve, plannedCurves } from './curves/matrix';
import type { RecordedCurve } from './curves/recordedCurve';

/** Curves that one process records before it ends and the next begins. An engine starts in a second, so this costs little. */
const PER_PROCESS = 8;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    engine: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    prune: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

const plannedKey = ({ run, config }: PlannedCurve) => keyOf({ run, seed: config.seed });

/** Records curves in a process of its own. */
function record(keys: readonly string[], take: (curve: RecordedCurve) => void): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/curves/recordSome.ts', ...keys], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Lines that are not JSON are other output of the process, such as warnings of tfjs.
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) take(JSON.parse(line));
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`A process that records curves ended with code ${code}.`)),
    );
  });
}

const jobs = Number(options.jobs);
if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs ${options.jobs}: give a whole number from 1.`);
if (options.engine !== undefined && ENGINES.every((engine) => engine !== options.engine)) {
  throw new Error(`--engine ${options.engine}: choose one of ${ENGINES.join(', ')}.`);
}

const curves = readCurves();
const planned = plannedCurves();
if (options.prune) {
  const keys = new Set(planned.map(plannedKey));
  for (const key of [...curves.keys()]) if (!keys.has(key)) curves.delete(key);
  writeCurves(curves);
}
const missing = planned.filter((plan) => {
  const link = encodeShareLink({ config: plan.config, changes: plan.changes, folder: null });
  return (
    plan.run.includes(options.only) &&
    (options.engine ?? plan.engine) === plan.engine &&
    curves.get(plannedKey(plan))?.link !== link
  );
});
console.log(`${planned.length} curves planned, ${missing.length} to be recorded.`);

if (options.list) {
  for (const plan of missing) console.log(`${plannedKey(plan)}, ${plan.engine}`);
} else {
  const parts = ENGINES.flatMap((engine) => {
    const keys = missing.filter((plan) => plan.engine === engine).map(plannedKey);
    return Array.from({ length: Math.ceil(keys.length / PER_PROCESS) }, (_, i) =>
      keys.slice(PER_PROCESS * i, PER_PROCESS * (i + 1)),
    );
  });
  let recorded = 0;
  const take = (curve: RecordedCurve) => {
    curves.set(keyOf(curve), curve);
    writeCurves(curves);
    recorded += 1;
    console.log(`${recorded}/${missing.length} ${keyOf(curve)}, ${curve.loss.length} steps`);
  };
  const work = async () => {
    for (let keys = parts.shift(); keys !== undefined; keys = parts.shift()) await record(keys, take);
  };
  await Promise.all(Array.from({ length: jobs }, work));
}
