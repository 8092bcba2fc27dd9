/**
 * `npm run bench:pytorch -- [--rounds N] [--seconds N] [--python FILE]`: the reference step by PyTorch eager and by our engine on the
 * processor, each on one thread, in turns. PyTorch's step is forward pass, backward pass and update on fixed views; ours is measured doing
 * the same, and as the step of a run, with drawing, augmentation and reading the loss. `--python` is a Python that has PyTorch (Debian: `python3-torch`).
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { methodOf, networkCase, REFERENCE, viewsOf } from '../../src/bench/cases';
import type { Contender } from '../../src/bench/contender';
import { variants } from '../../src/bench/cpu/variants';
import { NetworkStep } from '../../src/bench/networkStep';
import { RunnerStep } from '../../src/bench/runnerStep';
import { median } from '../../src/bench/turns';
import { startEngine } from '../../src/engine/backend/startEngine';
import { noiseDataset } from '../../src/engine/images/noiseDataset';
import { allowRelaxedSimd } from '../node/relaxedSimd';

const STEPS = fileURLToPath(new URL('./pack/pytorch/steps.py', import.meta.url));
const WARM_UP_STEPS = 15;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    python: { type: 'string', default: '/usr/bin/python3' },
  },
});

function positive(name: 'rounds' | 'seconds'): number {
  const value = Number(options[name]);
  if (value > 0) return value;
  throw new Error(`--${name} ${options[name]}: give a number above 0.`);
}

const seconds = positive('seconds');
const rounds = positive('rounds');

async function torchMs(folder: string): Promise<{ version: string; ms: number }> {
  const file = join(folder, 'torch.json');
  await promisify(execFile)(
    options.python,
    [STEPS, '--no-compile', '--cases', 'reference', '--seconds', options.seconds, '--json', file],
    { env: { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' } },
  ).catch((error: Error) => {
    throw new Error(`${error.message}\n--python takes a Python that has PyTorch (Debian: python3-torch).`);
  });
  const { torch, steps } = JSON.parse(await readFile(file, 'utf8'));
  const [{ medianMs, error }] = steps;
  if (medianMs === undefined) throw new Error(`PyTorch failed: ${error}`);
  return { version: torch, ms: medianMs };
}

async function oursMs(step: Contender): Promise<number> {
  await step.enter?.();
  const times: number[] = [];
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end) {
    const started = performance.now();
    step.step();
    await step.finish();
    times.push(performance.now() - started);
  }
  return median(times);
}

allowRelaxedSimd();
const engine = await startEngine('wasm', { onUncapturedError: console.error, onLost: console.error });
const [processor] = variants();
const dataset = noiseDataset(4 * REFERENCE.batchSize, REFERENCE.imageSize);
const ofRun = new RunnerStep(REFERENCE, dataset, { backend: 'wasm', record: true, processor });
const item = networkCase('reference', REFERENCE);
await ofRun.enter();
const same = new NetworkStep(methodOf(item), viewsOf(item), 'captured', 'wasm');
for (const step of [same, ofRun]) {
  for (let n = 0; n < WARM_UP_STEPS; n++) step.step();
  await step.finish();
}
const folder = await mkdtemp(join(tmpdir(), 'pytorch-bench-'));
try {
  const [torch, ours, whole]: [number[], number[], number[]] = [[], [], []];
  let version = '';
  for (let round = 0; round < rounds; round++) {
    const measured = await torchMs(folder);
    version = measured.version;
    torch.push(measured.ms);
    ours.push(await oursMs(same));
    whole.push(await oursMs(ofRun));
    console.log(
      `PyTorch ${torch[round].toFixed(1)} ms, ours ${ours[round].toFixed(1)} ms, as a run ${whole[round].toFixed(1)} ms`,
    );
  }
  const ratios = torch.map((ms, round) => ms / ours[round]);
  console.log(
    `\nReference step, medians of ${rounds} turns of ${seconds} s: PyTorch ${version}, eager, 1 thread: ${median(torch).toFixed(1)} ms; ours (${engine.features.join(', ')}), 1 thread: ${median(ours).toFixed(1)} ms, as the step of a run ${median(whole).toFixed(1)} ms; PyTorch / ours ${(median(torch) / median(ours)).toFixed(2)} (median ratio of a turn: ${median(ratios).toFixed(2)})`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
