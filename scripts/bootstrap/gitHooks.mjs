// Run by npm after an install: has git use the hooks of .githooks in this checkout.
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ROOT } from './paths.mjs';

const HOOKS = '.githooks';

/**
 * Sets `core.hooksPath` of the git checkout at `root`, unless it has one. Does nothing where there is no git, or where the
 * folder is no checkout of its own (an unpacked archive, perhaps inside somebody else's checkout); it never throws.
 * @returns whether the hooks are set now
 */
export function enableGitHooks(root = ROOT) {
  const git = (...args) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    if (realpathSync(git('rev-parse', '--show-toplevel')) !== realpathSync(root)) return false;
    if (git('config', '--default', '', '--get', 'core.hooksPath') === '') git('config', 'core.hooksPath', HOOKS);
    return git('config', '--get', 'core.hooksPath') === HOOKS;
  } catch {
    return false;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  enableGitHooks();
}
