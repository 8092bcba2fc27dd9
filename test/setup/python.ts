import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';

/** Pythons to try: that of `PYTHON`, Debian's, the first on the path. */
const PYTHONS = [process.env.PYTHON, '/usr/bin/python3', 'python3'].filter((name) => name !== undefined);

function hasPackages(python: string, packages: readonly string[]): boolean {
  return spawnSync(python, ['-c', `import ${packages.join(', ')}`], { stdio: 'ignore' }).status === 0;
}

/** Threads of PyTorch would only slow down what runs beside it. */
const ONE_THREAD = { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

/** Runs Python with these arguments in a folder; returns what it prints. @throws Error with what it prints where it fails */
export type RunPython = (args: readonly string[], folder: string) => string;

/**
 * Runs a suite with a Python that has these packages; without one it is skipped, by name.
 * Debian: `python3-numpy`, `python3-torch`.
 */
export function describeWithPython(packages: readonly string[], title: string, body: (run: RunPython) => void): void {
  const python = PYTHONS.find((name) => hasPackages(name, packages)) ?? null;
  const missing = `skipped: no Python with ${packages.join(' and ')}`;
  describe.skipIf(python === null)(`${title} (${python ?? missing})`, () => {
    const hasTorchvision = python !== null && hasPackages(python, ['torchvision']);
    body((args, folder) => {
      const own = hasTorchvision ? [] : [join(import.meta.dirname, 'python')];
      const path = [...own, process.env.PYTHONPATH ?? ''].join(delimiter);
      return execFileSync(python ?? '', args, {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...ONE_THREAD, PYTHONPATH: path },
      });
    });
  });
}

/** float32 values as a file that NumPy's `fromfile` and PyTorch's `frombuffer` read. */
export function writeFloats(file: string, values: Float32Array): void {
  writeFileSync(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

export function readFloats(file: string): Float32Array {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** A folder for one suite; the caller removes it. */
export function scratchFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true }) };
}
