// The checks before a commit, which take seconds. `npm test` runs all others.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { run } from './bootstrap/command.mjs';
import { binary, ROOT } from './bootstrap/paths.mjs';

/** The staged files that are added, copied, modified or renamed. */
function stagedFiles() {
  const args = ['diff', '--cached', '--name-only', '--diff-filter=ACMR', '-z'];
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
}

async function check(packageName, command, args, advice) {
  if ((await run(process.execPath, [binary(packageName, command), ...args])) === 0) return;
  console.error(`Nothing was committed. ${advice}`);
  process.exit(1);
}

const staged = stagedFiles().filter((file) => existsSync(`${ROOT}/${file}`));
if (staged.length > 0 && existsSync(`${ROOT}/node_modules`)) {
  const lenient = ['--no-errors-on-unmatched', '--files-ignore-unknown=true', '--error-on-warnings'];
  await check('@biomejs/biome', 'biome', ['check', ...lenient, ...staged], 'npm run format mends most of this.');
  if (staged.some((file) => /\.(tsx?|mjs)$/.test(file))) {
    const rules = ['--config', '.dependency-cruiser.mjs', '--cache', 'node_modules/.cache/dependency-cruiser'];
    await check(
      'dependency-cruiser',
      'depcruise',
      [...rules, 'src', 'scripts', 'test'],
      'Imports point one way: see README.md.',
    );
  }
}
