import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Forbidden imports: from a file, to a file or package, and the prefix of the name of the rule in `.dependency-cruiser.mjs`. */
const WRONG = [
  ['engine/kernels/own.ts', 'engine/run/trainer.ts', 'engine-kernels-imports-only'],
  ['engine/losses/own.ts', 'engine/methods/method.ts', 'engine-losses-imports-only'],
  ['session/data/own.ts', 'session/experiments/queue.ts', 'session-data-imports-only'],
  ['session/run/own.ts', 'session/archive/archive.ts', 'session-run-imports-only'],
  ['ui/engineUser.tsx', 'engine/run/trainer.ts', 'ui-imports-only'],
  ['engine/monitors/uiUser.ts', 'ui/panel.tsx', 'engine-imports-only'],
  ['domain/own.ts', 'protocol/commands.ts', 'domain-imports-only'],
  ['engine/attic/own.ts', 'domain/runConfig.ts', 'engine-has-no-undeclared-room'],
  ['session/attic/own.ts', 'domain/runConfig.ts', 'session-has-no-undeclared-room'],
  ['worker/tfjsUser.ts', '@tensorflow/tfjs', 'tfjs-only-in-engine'],
  ['session/zodUser.ts', 'zod', 'zod-only-as-configured'],
  ['engine/optim/cycleA.ts', 'engine/optim/cycleB.ts', 'no-cycles'],
  ['data/nowhere.ts', './missing', 'resolvable'],
  ['formats/nodeUser.ts', 'node:fs', 'page-code-has-no-node'],
] as const;

/** Allowed imports; the first one closes the cycle, which is reported where it begins. */
const RIGHT = [
  ['engine/optim/cycleB.ts', 'engine/optim/cycleA.ts'],
  ['engine/run/trainer.ts', 'engine/kernels/sgd.ts'],
  ['engine/run/trainer.ts', '@tensorflow/tfjs'],
  ['domain/zod.ts', 'zod'],
  ['session/experiments/queue.ts', 'session/run/store.ts'],
  ['ui/panel.tsx', 'session/run/store.ts'],
  ['worker/host.ts', 'engine/run/trainer.ts'],
  ['worker/host.ts', 'protocol/commands.ts'],
  ['protocol/commands.ts', 'domain/runConfig.ts'],
  ['engine/methods/method.ts', 'domain/runConfig.ts'],
] as const;

/** Installed packages. */
const PACKAGES = { '@tensorflow/tfjs': '1.0.0', zod: '4.0.0' };

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

const isOfTree = (target: string) => /^\w+\/.*\.tsx?$/.test(target);

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A repository of empty modules with these imports. */
function plant(root: string): void {
  const imports = new Map<string, string[]>();
  for (const [from, to] of [...WRONG, ...RIGHT]) {
    imports.set(from, [...(imports.get(from) ?? []), to]);
    if (isOfTree(to) && !imports.has(to)) imports.set(to, []);
  }
  for (const [file, targets] of imports) {
    const up = '../'.repeat(file.split('/').length - 1);
    const lines = targets.map((to) => `import '${isOfTree(to) ? up + to.replace(/\.tsx?$/, '') : to}';\n`);
    write(root, `src/${file}`, [...lines, 'export {};\n'].join(''));
  }
  write(root, 'tsconfig.json', '{ "compilerOptions": { "module": "ESNext", "moduleResolution": "Bundler" } }');
  write(root, 'package.json', JSON.stringify({ name: 'planted', dependencies: PACKAGES }));
  for (const [name, version] of Object.entries(PACKAGES)) {
    write(root, `node_modules/${name}/package.json`, JSON.stringify({ name, version }));
    write(root, `node_modules/${name}/index.js`, '');
  }
}

describe('the import rules', () => {
  const root = mkdtempSync(join(tmpdir(), 'import-rules-'));
  let violations: readonly Violation[] = [];

  beforeAll(async () => {
    plant(root);
    const command = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const rules = join(ROOT, '.dependency-cruiser.mjs');
    // It exits with the number of violations.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [command, '--config', rules, '--output-type', 'json', 'src'],
      { cwd: root },
    ).catch((failed: { stdout: string }) => failed);
    violations = JSON.parse(stdout).summary.violations;
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it.each(WRONG)('%s may not import %s: %s', (from, to, rule) => {
    const found = violations.filter((violation) => violation.from === `src/${from}`);
    expect(found).toEqual([
      expect.objectContaining({
        to: isOfTree(to) ? `src/${to}` : expect.stringContaining(to.replace('node:', '')),
        rule: { name: expect.stringMatching(`^${rule}`), severity: 'error' },
      }),
    ]);
  });

  it('report nothing else', () => {
    const planted = new Set(WRONG.map(([from]) => `src/${from}`));
    expect(violations.filter(({ from }) => !planted.has(from as `src/${(typeof WRONG)[number][0]}`))).toEqual([]);
  });
});
