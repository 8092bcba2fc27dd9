// npm runs this after an install: configures git to use the hooks in .githooks in this checkout.
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ROOT } from './paths.mjs';

const HOOKS = '.githooks';

/**
 * Sets `core.hooksPath` of the git checkout at `root`, unless it is set already. Does nothing without git, or where the folder
 * is not the root of a checkout (e.g. an unpacked archive inside another checkout). Never throws.
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
