import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';
import { ensureChromium } from '../../../scripts/bootstrap/chromium.mjs';

/** Switches off the requests that Chromium itself sends to its vendor's servers at start. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

const ENGINE_FLAGS = {
  /** WebGPU in software (SwiftShader), the same on every machine. */
  webgpu: ['--enable-unsafe-webgpu', '--enable-unsafe-swiftshader', '--use-webgpu-adapter=swiftshader'],
  /** WebGPU without an adapter, as on many machines without a GPU; WebGL in software. */
  webgl: ['--enable-unsafe-swiftshader', '--use-angle=swiftshader'],
  /** Neither; the second switch is needed because the first does not affect workers. */
  wasm: ['--disable-3d-apis', '--disable-software-rasterizer'],
};

/** The engines that a browser offers, by the switches it is started with. */
export type BrowserEngine = keyof typeof ENGINE_FLAGS;

async function launchOptions(engine: BrowserEngine): Promise<{ executablePath: string; args: string[] }> {
  const executablePath = await ensureChromium();
  if (executablePath === null) throw new Error('There is no Chromium to test in; see above.');
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return { executablePath, args: [...asRoot, ...QUIET, ...ENGINE_FLAGS[engine]] };
}

/** Starts a headless Chromium: `CHROME_PATH`, else an installed one, else one installed now. */
export async function launchBrowser(engine: BrowserEngine): Promise<Browser> {
  return chromium.launch(await launchOptions(engine));
}

/** Starts the same with a profile in a folder, which holds what pages store after the browser is closed. */
export async function openProfile(
  engine: BrowserEngine,
  folder: string,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(folder, { ...(await launchOptions(engine)), ...options });
  context.setDefaultTimeout(PATIENCE);
  return context;
}

/** Timeout in milliseconds of a single wait, long enough for a busy machine. */
const PATIENCE = 300_000;

/** A new context, whose pages have this timeout for all waits. */
export async function newContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE);
  return context;
}
