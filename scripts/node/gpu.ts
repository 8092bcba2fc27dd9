import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** No Vulkan adapter of any kind could be opened. */
export class NoAdapterError extends Error {
  override readonly name = 'NoAdapterError';
}

const ICD_FOLDERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];
const SWIFTSHADER_ICDS = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
];

function lavapipeIcd(): string | undefined {
  for (const folder of ICD_FOLDERS) {
    if (!existsSync(folder)) continue;
    const file = readdirSync(folder).find((name) => name.startsWith('lvp_icd'));
    if (file !== undefined) return join(folder, file);
  }
  return undefined;
}

function swiftShaderIcd(): string | undefined {
  const beside = process.env.CHROME_PATH ? [join(dirname(process.env.CHROME_PATH), 'vk_swiftshader_icd.json')] : [];
  return [...beside, ...SWIFTSHADER_ICDS].find((file) => existsSync(file));
}

async function hasAdapter(gpu: GPU): Promise<boolean> {
  return (await gpu.requestAdapter().catch(() => null)) !== null;
}

/**
 * Puts WebGPU (Dawn) on `navigator.gpu` of this Node process: a hardware adapter, else lavapipe, else Chromium's SwiftShader.
 * `SIMSIAM_ADAPTER=swiftshader|lavapipe` forces a software adapter. Call it before an engine is started.
 * @throws NoAdapterError when there is none.
 */
export async function startNodeGpu(): Promise<void> {
  if (process.env.XDG_RUNTIME_DIR === undefined) {
    const folder = join(tmpdir(), `xdg-runtime-${process.getuid?.() ?? 0}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    process.env.XDG_RUNTIME_DIR = folder;
  }
  const forced = process.env.SIMSIAM_ADAPTER;
  if (forced === 'swiftshader') process.env.VK_ICD_FILENAMES = swiftShaderIcd() ?? '';
  if (forced === 'lavapipe') process.env.VK_ICD_FILENAMES = lavapipeIcd() ?? '';

  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  let gpu = create([]);
  // Without an installed driver, uses the one that comes with Chromium.
  const fallback = swiftShaderIcd();
  if (!(await hasAdapter(gpu)) && forced === undefined && fallback !== undefined) {
    process.env.VK_ICD_FILENAMES = fallback;
    gpu = create([]);
  }
  if (!(await hasAdapter(gpu))) {
    throw new NoAdapterError(
      'No WebGPU adapter under Node. Install a Vulkan driver (on Debian/Ubuntu: mesa-vulkan-drivers 24 or newer) or Chromium, whose SwiftShader is used as a last resort.',
    );
  }
  const navigator: { gpu?: GPU } = (globalThis as { navigator?: object }).navigator ?? {};
  // Referenced by the global object, because Dawn frees its instance when the object is collected.
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  if (!('navigator' in globalThis))
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
}
