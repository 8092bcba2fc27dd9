import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './command.mjs';
import { binary } from './paths.mjs';

const NAMES = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];

const APPLICATIONS = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
    .map((variable) => process.env[variable])
    .filter(Boolean)
    .map((folder) => join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')),
};

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installed() {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = NAMES.flatMap((name) => onPath.map((folder) => join(folder, name)));
  return [...(APPLICATIONS[process.platform] ?? []), ...candidates].find(isExecutable);
}

/** The path of the browser that Playwright has downloaded, if there is one. */
async function downloaded() {
  const { chromium } = await import('playwright-core');
  const path = chromium.executablePath();
  return path !== '' && existsSync(path) ? path : undefined;
}

function isDebianAsRoot() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Installs Debian's package from the configured package sources. */
async function installWithApt() {
  console.log('No Chromium found: installing it with apt-get ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], { env });
  if ((await install()) === 0) return true;
  // The package lists may be missing, as in container images.
  return (await run('apt-get', ['update', '-q'], { env })) === 0 && (await install()) === 0;
}

async function installWithPlaywright() {
  console.log("No Chromium found: downloading Playwright's ...");
  return (await run(process.execPath, [binary('playwright-core'), 'install', 'chromium'])) === 0;
}

/** The path of an existing Chromium or Chrome: `CHROME_PATH`, or an installed one; else undefined. */
export async function presentChromium() {
  return process.env.CHROME_PATH || (installed() ?? (await downloaded()));
}

/**
 * The path of a Chromium or Chrome: `CHROME_PATH`, an installed one, else one that is installed now. Null, with an explanation
 * printed, when none can be installed.
 */
export async function ensureChromium() {
  const given = process.env.CHROME_PATH;
  if (given) {
    if (isExecutable(given)) return given;
    console.error(`CHROME_PATH is ${given}, which is not an executable file.`);
    return null;
  }
  const present = await presentChromium();
  if (present) return present;
  if (isDebianAsRoot() && (await installWithApt())) {
    const found = installed();
    if (found) return found;
  }
  if (await installWithPlaywright()) {
    const found = await downloaded();
    if (found) return found;
  }
  console.error(
    'The browser tests need Chromium or Chrome, and none could be installed. Install one, or set CHROME_PATH to its executable.',
  );
  return null;
}
