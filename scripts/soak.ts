/**
 * `npm run soak -- [--losses N] [--steps N] [--browser] [--engine wasm|webgpu] [--seed N] [--json FILE]`: trains for long, and fails where a
 * loss of the device changes a run or memory rises.
 *
 * `--losses N` takes the WebGPU device away N times at random steps, under Node or, with `--browser`, in a headless Chromium. `--steps N`
 * trains the smallest network for N steps under Node, on `--engine`.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startEngine } from '../src/engine/backend/startEngine';
import { NoAdapterError, startNodeGpu } from './node/gpu';
import { median } from './soak/flat';
import { soakInChromium } from './soak/inChromium';
import type { LossOptions, LossReport } from './soak/lossSoak';
import { soakSteps } from './soak/stepSoak';
import { soakUnderNode } from './soak/underNode';

const { values } = parseArgs({
  options: {
    losses: { type: 'string' },
    steps: { type: 'string' },
    browser: { type: 'boolean', default: false },
    engine: { type: 'string', default: 'wasm' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});

function countOf(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new Error(`--${option} ${text}: write a whole number, 1 or more.`);
}

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

/** Memory of this process after a collection of garbage. */
function processMemory() {
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, memory: rss };
}

function summary({ rows, steps }: LossReport): string {
  const times = rows.map(({ toNextStep }) => toNextStep);
  const again = rows.reduce((sum, { lost, from }) => sum + lost - from, 0);
  return `${rows.length} losses in ${steps} steps; ${again} steps computed again; next step after ${median(times).toFixed(0)} ms (median), ${Math.max(...times).toFixed(0)} ms (longest).`;
}

/** null without a WebGPU adapter, which only CI must have. */
async function soakedLosses(options: LossOptions): Promise<LossReport | null> {
  try {
    return await (values.browser
      ? soakInChromium(options, console.log)
      : soakUnderNode(options, () => processMemory().memory, console.log));
  } catch (error) {
    if (!(error instanceof NoAdapterError) || process.env.CI) throw error;
    console.log(`Losses of the device are skipped. ${error.message}`);
    return null;
  }
}

const losses = countOf(values.losses, 'losses');
const steps = countOf(values.steps, 'steps');
const seed = Number(values.seed);
const { engine } = values;
if (engine !== 'wasm' && engine !== 'webgpu') throw new Error('--engine is wasm or webgpu.');
if (losses === null && steps === null) throw new Error('Say what to do: --losses N, --steps N, or both.');

const problems: string[] = [];
const reports: Record<string, unknown> = {};
if (losses !== null) {
  const report = await soakedLosses({ losses, engine: 'webgpu', seed });
  if (report !== null) {
    console.log(summary(report));
    problems.push(...report.problems);
    reports.losses = report;
  }
}
if (steps !== null) {
  if (engine === 'webgpu') await startNodeGpu();
  const stop = (message: string) => {
    throw new Error(`The GPU stopped the run: ${message}`);
  };
  const info = await startEngine(engine, { onUncapturedError: stop, onLost: stop });
  const report = await soakSteps(info, steps, processMemory, console.log);
  problems.push(...report.problems);
  reports.steps = report;
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(reports, null, 2)}\n`);
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'Nothing was lost, and memory is flat.' : 'FAILED');
// Dawn keeps the process alive.
process.exit(problems.length === 0 ? 0 : 1);
