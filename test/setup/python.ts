import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';

/** Pythons to try: that of `PYTHON`, Debian's, the first on the path. */
const PYTHONS = [process.env.PYTHON, '/usr/bin/python3', 'python3'].filter((name) => name !== undefined);

/** The first Python that has these packages; null where there is none. */
export function pythonWith(...packages: readonly string[]): string | null {
  const has = (python: string) =>
    spawnSync(python, ['-c', `import ${packages.join(', ')}`], { stdio: 'ignore' }).status === 0;
  return PYTHONS.find(has) ?? null;
}

/** Threads of PyTorch would only slow down what runs beside it. */
const ONE_THREAD = { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

/**
 * Runs a suite with a Python that has these packages; without one it is skipped, by name.
 * Debian: `python3-numpy`, `python3-torch`.
 */
export function describeWithPython(
  packages: readonly string[],
  title: string,
  body: (run: (program: string, folder: string) => string) => void,
): void {
  const python = pythonWith(...packages);
  const missing = `skipped: no Python with ${packages.join(' and ')}`;
  describe.skipIf(python === null)(`${title} (${python ?? missing})`, () => {
    body((program, folder) => {
      const path = join(import.meta.dirname, 'python');
      // Printed only where it fails.
      return execFileSync(python ?? '', ['-c', program], {
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
