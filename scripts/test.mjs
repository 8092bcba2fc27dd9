// npm test [-- STAGE ...]: installs what is missing, then runs every check with one representative of each matrix of cases.
// npm run test:long [-- STAGE ...]: the same with all cases, and further stages; ends with a table for the documentation.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from './bootstrap/chromium.mjs';
import { run } from './bootstrap/command.mjs';
import { ensureDependencies } from './bootstrap/dependencies.mjs';
import { requireNode } from './bootstrap/node.mjs';
import { binary, ROOT } from './bootstrap/paths.mjs';
import { printSummary, readReport, resultTable } from './testReport.mjs';

const REPORTS = join(ROOT, 'test-results');

const tool = (packageName, command, args, env = {}) =>
  run(process.execPath, [binary(packageName, command), ...args], { env: { ...process.env, ...env } });

/**
 * A stage with a single check, which passes or fails as a whole.
 * @param onOneCore whether it uses one core only
 */
function check(name, title, commands, { onOneCore = false } = {}) {
  return {
    name,
    title,
    onOneCore,
    async run() {
      for (const [packageName, command, ...args] of commands) {
        if ((await tool(packageName, command, args)) !== 0) return { passed: 0, failed: 1, skipped: [] };
      }
      return { passed: 1, failed: 0, skipped: [] };
    },
  };
}

/**
 * A stage that runs a project of vitest.config.ts, i.e. a folder of test/.
 * @param project the project, if its name is not that of the stage
 * @param files path prefixes to which the stage is limited
 * @param env environment variables in addition to this process's
 */
function tests(name, title, { browser = false, project = name, files = [], env = {} } = {}) {
  return {
    name,
    title,
    browser,
    async run() {
      const report = join(REPORTS, `${name}.json`);
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const code = await tool('vitest', 'vitest', ['run', '--project', project, ...reporters, ...files], env);
      return readReport(report, code);
    },
  };
}

const long = process.argv.includes('--long');

const STAGES = [
  check(
    'types',
    'Types',
    [
      ['typescript', 'tsc', '--noEmit', '-p', '.'],
      ['typescript', 'tsc', '--noEmit', '-p', 'src/engine'],
      ['typescript', 'tsc', '--noEmit', '-p', 'src/explore'],
    ],
    { onOneCore: true },
  ),
  check('lint', 'Lint and format', [['@biomejs/biome', 'biome', 'check', '--error-on-warnings', '.']], {
    onOneCore: true,
  }),
  check(
    'imports',
    'Import rules',
    [['dependency-cruiser', 'depcruise', '--config', '.dependency-cruiser.mjs', 'src', 'scripts', 'test']],
    { onOneCore: true },
  ),
  tests('unit', 'Unit tests'),
  tests('component', 'Components in Chromium', { browser: true }),
  tests('gpu', 'GPU tests', { browser: true }),
  tests('parity', 'Parity with the reference', { browser: true }),
  tests('paper', "The paper's claims", { browser: true }),
  check('soak', 'Losses of the device, and many steps', [
    long
      ? ['tsx', 'tsx', 'scripts/soak.ts', '--losses', '100', '--steps', '100000']
      : ['tsx', 'tsx', 'scripts/soak.ts', '--losses', '3', '--steps', '300'],
  ]),
  tests('e2e', 'End-to-end tests in Chromium', { browser: true }),
];

/** A device with WebGPU's default limits and no optional feature, which every WebGPU device supports. */
const DEFAULT_LIMITS = { SIMSIAM_LIMITS: 'default' };
/** The slowest adapter, with the cases of the short run. */
const SWIFTSHADER = { SIMSIAM_ADAPTER: 'swiftshader', SIMSIAM_TEST: 'short' };

/** Stages of the long run only: the same tests on other devices. */
const LONG_STAGES = [
  tests('gpu-default-limits', 'GPU tests, default limits', { browser: true, project: 'gpu', env: DEFAULT_LIMITS }),
  tests('parity-default-limits', 'Parity, default limits', { browser: true, project: 'parity', env: DEFAULT_LIMITS }),
  tests('gpu-swiftshader', 'Kernels on SwiftShader', {
    browser: true,
    project: 'gpu',
    files: ['test/gpu/kernels/', 'test/gpu/augment'],
    env: SWIFTSHADER,
  }),
  tests('parity-swiftshader', 'Parity on SwiftShader', { browser: true, project: 'parity', env: SWIFTSHADER }),
];

function stagesNamed(stages, names) {
  if (names.length === 0) return stages;
  const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    console.error(`No such stage: ${unknown.join(', ')}. There are: ${stages.map(({ name }) => name).join(', ')}.`);
    process.exit(1);
  }
  return stages.filter(({ name }) => names.includes(name));
}

requireNode();
const stages = stagesNamed(
  long ? [...STAGES, ...LONG_STAGES] : STAGES,
  process.argv.slice(2).filter((word) => word !== '--long'),
);
await ensureDependencies();
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });
process.env.SIMSIAM_TEST = long ? 'long' : 'short';

// The GPU tests use Chromium's software adapter if there is no other.
if (stages.some(({ browser }) => browser)) {
  const chromium = await ensureChromium();
  if (chromium !== null) process.env.CHROME_PATH = chromium;
}

/** Runs a stage between two lines that name it. */
async function resultOf(stage) {
  const index = stages.indexOf(stage);
  console.log(`\n[${index + 1}/${stages.length}] ${stage.title}`);
  const start = performance.now();
  const result = await stage.run();
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `[${index + 1}/${stages.length}] ${stage.title}: ${result.failed === 0 ? 'passed' : 'FAILED'} in ${seconds.toFixed(1)} s`,
  );
  return { title: stage.title, seconds, ...result };
}

// The stages that come first and use one core each run at the same time; all others one after the other.
const sequential = stages.findIndex(({ onOneCore }) => !onOneCore);
const together = sequential === -1 ? stages : stages.slice(0, sequential);
const results = await Promise.all(together.map(resultOf));
for (const stage of stages.slice(together.length)) results.push(await resultOf(stage));
const passed = printSummary(results);
if (long) {
  const table = resultTable(results);
  writeFileSync(join(REPORTS, 'table.md'), table);
  console.log(`\n${table}\nThe table is in test-results/table.md.`);
}
process.exitCode = passed ? 0 : 1;
