// npm test [-- STAGE ...]: installs what is missing, then runs every check and test, or the stages named.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from './bootstrap/chromium.mjs';
import { run } from './bootstrap/command.mjs';
import { ensureDependencies } from './bootstrap/dependencies.mjs';
import { requireNode } from './bootstrap/node.mjs';
import { binary, ROOT } from './bootstrap/paths.mjs';
import { printSummary, readReport } from './testReport.mjs';

const REPORTS = join(ROOT, 'test-results');

const tool = (packageName, command, args) => run(process.execPath, [binary(packageName, command), ...args]);

/** A stage that is one check: it passes or fails as a whole. */
function check(name, title, commands) {
  return {
    name,
    title,
    async run() {
      for (const [packageName, command, ...args] of commands) {
        if ((await tool(packageName, command, args)) !== 0) return { passed: 0, failed: 1, skipped: [] };
      }
      return { passed: 1, failed: 0, skipped: [] };
    },
  };
}

/** A stage that is a folder of test/, and a project of vitest.config.ts. */
function tests(name, title, { browser = false } = {}) {
  return {
    name,
    title,
    browser,
    async run() {
      const report = join(REPORTS, `${name}.json`);
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const code = await tool('vitest', 'vitest', ['run', '--project', name, ...reporters]);
      return readReport(report, code);
    },
  };
}

const STAGES = [
  check('types', 'Types', [
    ['typescript', 'tsc', '--noEmit', '-p', '.'],
    ['typescript', 'tsc', '--noEmit', '-p', 'src/engine'],
  ]),
  check('lint', 'Lint and format', [['@biomejs/biome', 'biome', 'check', '--error-on-warnings', '.']]),
  check('imports', 'Import rules', [
    ['dependency-cruiser', 'depcruise', '--config', '.dependency-cruiser.mjs', 'src', 'scripts', 'test'],
  ]),
  tests('unit', 'Unit tests'),
  tests('gpu', 'GPU tests', { browser: true }),
  tests('parity', 'Parity with the reference', { browser: true }),
  tests('paper', "The paper's claims", { browser: true }),
  tests('e2e', 'End-to-end tests in Chromium', { browser: true }),
];

function stagesNamed(names) {
  if (names.length === 0) return STAGES;
  const unknown = names.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    console.error(`No such stage: ${unknown.join(', ')}. There are: ${STAGES.map(({ name }) => name).join(', ')}.`);
    process.exit(1);
  }
  return STAGES.filter(({ name }) => names.includes(name));
}

requireNode();
const stages = stagesNamed(process.argv.slice(2));
await ensureDependencies();
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });

// The GPU tests use Chromium's software adapter where there is no other.
if (stages.some(({ browser }) => browser)) {
  const chromium = await ensureChromium();
  if (chromium !== null) process.env.CHROME_PATH = chromium;
}

const results = [];
for (const [index, stage] of stages.entries()) {
  console.log(`\n[${index + 1}/${stages.length}] ${stage.title}`);
  const start = performance.now();
  const result = await stage.run();
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `[${index + 1}/${stages.length}] ${stage.title}: ${result.failed === 0 ? 'passed' : 'FAILED'} in ${seconds.toFixed(1)} s`,
  );
  results.push({ title: stage.title, seconds, ...result });
}
process.exitCode = printSummary(results) ? 0 : 1;
