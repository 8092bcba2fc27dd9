/**
 * `npm run bench:pack -- FOLDER [--images FOLDER|ZIP|SAMPLE] [--train N] [--test N]`: collects everything that the benchmark needs in one
 * folder, to be copied to a machine with a GPU and started there with `sh run.sh`: the bundled scripts, Node, Dawn, images, and the same
 * step in PyTorch.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { inMemory } from '../../src/domain/imageDataset';
import { loadDataset } from '../node/loadDataset';
import { isCifarBinary, readCifarBinary } from './pack/cifarBinary';
import { encodeImages } from './pack/imageFile';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PROJECT = resolve(HERE, '../..');
const MOST_BYTES = 64 * 1024 * 1024;
const VULKAN_LOADERS = ['/usr/lib/x86_64-linux-gnu/libvulkan.so.1', '/usr/lib64/libvulkan.so.1'];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string', default: 'fashion-mnist' },
    train: { type: 'string', default: '5000' },
    test: { type: 'string', default: '1000' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name the folder that the pack is to be made in.');
if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('A pack is made on Linux, x86-64.');
const target = resolve(folder);
if (existsSync(target) && readdirSync(target).length > 0)
  throw new Error(`${target} is not empty: name another folder.`);
mkdirSync(join(target, 'lib'), { recursive: true });

const compress = (from: string, to: string) => {
  copyFileSync(from, to);
  execFileSync('xz', ['--force', '--threads=0', to]);
};

await build({
  configFile: false,
  root: PROJECT,
  logLevel: 'warn',
  publicDir: false,
  // tfjs's WASM backend is not packed: the part of the benchmarks that measures the processor is not run there.
  ssr: { noExternal: true, external: ['webgpu', '@tensorflow/tfjs-backend-wasm'] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: join(target, 'app'),
    rolldownOptions: {
      input: [join(HERE, 'bench.ts'), join(HERE, 'pack/knnCurve.ts'), join(HERE, 'pack/table.ts')],
    },
  },
});
writeFileSync(join(target, 'app/package.json'), '{ "type": "module" }\n');

const dawn = join(target, 'app/node_modules/webgpu');
mkdirSync(join(dawn, 'dist/linux-x64'), { recursive: true });
for (const file of ['index.js', 'package.json', 'LICENSE.md']) {
  copyFileSync(join(PROJECT, 'node_modules/webgpu', file), join(dawn, file));
}
compress(join(PROJECT, 'node_modules/webgpu/dist/linux-x64/dawn.node'), join(dawn, 'dist/linux-x64/dawn.node'));
compress(process.execPath, join(target, 'node'));
const loader = VULKAN_LOADERS.find((file) => existsSync(file));
if (loader !== undefined) copyFileSync(loader, join(target, 'lib/libvulkan.so.1'));

/** Both contenders train on squares of one size. */
const SETTINGS = {
  sourceSize: 'square',
  imageSize: 32,
  seed: 1,
  holdOut: 'pictures',
  labelRule: 'found',
  batchSize: 64,
  decodedLimit: Number.POSITIVE_INFINITY,
} as const;

const dataset = isCifarBinary(options.images)
  ? await readCifarBinary(options.images)
  : inMemory((await loadDataset(options.images, SETTINGS)).dataset);
writeFileSync(
  join(target, 'images.bin'),
  encodeImages(dataset, { train: Number(options.train), test: Number(options.test) }),
);
cpSync(join(HERE, 'pack/pytorch'), join(target, 'pytorch'), { recursive: true });
rmSync(join(target, 'pytorch/__pycache__'), { recursive: true, force: true });
copyFileSync(join(HERE, 'pack/run.sh'), join(target, 'run.sh'));

let bytes = 0;
for (const name of readdirSync(target, { recursive: true, encoding: 'utf8' })) {
  const info = statSync(join(target, name));
  if (info.isFile()) bytes += info.size;
}
console.log(`${target}: ${(bytes / 1e6).toFixed(1)} MB of ${dataset.name} and the rest; sh run.sh starts it.`);
if (bytes > MOST_BYTES)
  throw new Error(`That is more than ${MOST_BYTES / 1024 / 1024} MiB: pack fewer images (--train, --test).`);
