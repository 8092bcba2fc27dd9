import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { FirstStepRow } from '../../src/domain/benchmark';

const CHILD = fileURLToPath(new URL('./firstStep.ts', import.meta.url));

/**
 * Time to the first step in a new process: first with no compiled shaders and no kernel choices, then with the shaders that the driver
 * has cached and the choices that the first process has saved.
 */
export async function coldAndWarmStart(progress: (text: string) => void): Promise<FirstStepRow[]> {
  const cache = await mkdtemp(join(tmpdir(), 'shader-cache-'));
  const env = { ...process.env, MESA_SHADER_CACHE_DIR: cache, __GL_SHADER_DISK_CACHE_PATH: cache };
  try {
    const rows: FirstStepRow[] = [];
    for (const start of ['cold', 'warm']) {
      progress(`first step, ${start}`);
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--import', 'tsx', CHILD, join(cache, 'tuning.json')],
        { env },
      );
      rows.push({ start, ...JSON.parse(stdout) });
    }
    return rows;
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}
