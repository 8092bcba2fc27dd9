import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { reportMarkdown } from '../../src/bench/markdown';
import { runBenchmark } from '../../src/bench/runBenchmark';
import { reportFacts, reportTables } from '../../src/bench/tables';
import { BENCH_SECTIONS, type BenchSection } from '../../src/domain/benchmark';
import { startNodeGpu } from '../node/gpu';
import { kernelThreads } from '../node/kernelThreads';
import { allowRelaxedSimd } from '../node/relaxedSimd';
import { coldAndWarmStart } from './coldStart';
import { jaxContender, startJax } from './jax/contender';
import { nodeClock } from './nodeClock';
import { printTable } from './printTable';

const USAGE = `npm run bench -- [--json FILE] [--markdown FILE] [--quick] [--only ${BENCH_SECTIONS.join('|')},...] [--no-jax]
Times training steps and kernels on the WebGPU adapter that Node finds: ours, stock tfjs and jax-js, in turns; and on the processor: ours and
tfjs's WASM backend, in turns (--only cpu, which needs no adapter).`;

function sectionsFrom(only: string | undefined): readonly BenchSection[] {
  if (only === undefined) return BENCH_SECTIONS;
  return only.split(',').map((name) => {
    const section = BENCH_SECTIONS.find((known) => known === name);
    if (section === undefined)
      throw new Error(`--only ${name}: choose among ${BENCH_SECTIONS.join(', ')}.\n\n${USAGE}`);
    return section;
  });
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      json: { type: 'string' },
      markdown: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      'no-jax': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const sections = sectionsFrom(options.only);
  const started = performance.now();
  const progress = (text: string) =>
    console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
  allowRelaxedSimd();
  const onlyCpu = sections.every((section) => section === 'cpu');
  if (!onlyCpu) await startNodeGpu();
  const start = sections.includes('start') ? await coldAndWarmStart(progress) : [];
  const withJax = !onlyCpu && !options['no-jax'];
  if (withJax) await startJax();
  const report = await runBenchmark({
    quick: options.quick,
    sections,
    clock: nodeClock,
    threadHost: kernelThreads,
    host: `Node ${process.version}, ${process.platform}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`,
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
    start,
    ...(withJax ? { foreign: jaxContender } : {}),
    onProgress: progress,
  });
  progress('done\n');
  for (const [name, value] of reportFacts(report)) console.log(`${name}: ${value}`);
  for (const table of reportTables(report)) printTable(table);
  for (const note of report.notes) console.log(note);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.markdown !== undefined) writeFileSync(options.markdown, reportMarkdown(report));
}

try {
  await main();
  // Dawn keeps the process alive.
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
