import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';
import { ensureChromium } from '../../../scripts/bootstrap/chromium.mjs';

/** Chromium asks its maker's servers for this and that at start; the tests want a quiet network. */
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
  /** WebGPU without an adapter, as on many a machine without a GPU; WebGL in software. */
  webgl: ['--enable-unsafe-swiftshader', '--use-angle=swiftshader'],
  /** Neither; the second switch is for workers, which the first leaves their WebGL. */
  wasm: ['--disable-3d-apis', '--disable-software-rasterizer'],
};

/** What a browser offers to compute with. */
export type BrowserEngine = keyof typeof ENGINE_FLAGS;

/** Starts a headless Chromium: `CHROME_PATH`, else an installed one, else one installed now. */
export async function launchBrowser(engine: BrowserEngine): Promise<Browser> {
  const executablePath = await ensureChromium();
  if (executablePath === null) throw new Error('There is no Chromium to test in; see above.');
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...asRoot, ...QUIET, ...ENGINE_FLAGS[engine]] });
}

/** Milliseconds for any one thing to come about, on however busy a machine. */
const PATIENCE = 300_000;

/** A fresh context, whose pages wait as long for everything as it may take. */
export async function newContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE);
  return context;
}
