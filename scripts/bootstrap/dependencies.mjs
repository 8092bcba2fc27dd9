import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { ROOT } from './paths.mjs';

/** The file that npm writes when an installation is complete. */
const INSTALLED = join(ROOT, 'node_modules', '.package-lock.json');

/**
 * Whether node_modules matches package-lock.json. Compares versions, because file times are not reliable after a clone or a
 * pull. Optional packages may be missing, since they are binaries for other systems.
 */
function upToDate() {
  if (!existsSync(INSTALLED)) return false;
  const installed = JSON.parse(readFileSync(INSTALLED, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? Boolean(optional || devOptional) : found.version === version;
  });
}

/** Installs the npm dependencies if they are missing or out of date. Ends the process if that fails. */
export async function ensureDependencies() {
  if (upToDate()) return;
  console.log('Installing the npm dependencies (npm ci) ...');
  // npm is a .cmd on Windows, which only a shell can start.
  const code = await run('npm', ['ci', '--no-audit', '--no-fund'], { shell: process.platform === 'win32' });
  if (code !== 0) {
    console.error('npm ci failed: see its message above. A connection to the npm registry is needed once.');
    process.exit(code);
  }
}
