import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TuningCache } from '../../src/engine/kernels/tuning/tuningCache';

function read(file: string): Map<string, string> {
  try {
    const values: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof values !== 'object' || values === null) return new Map();
    return new Map(Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    // The file is missing or incomplete: the kernels are measured again.
    return new Map();
  }
}

/** Kernel choices measured on this machine's adapter, kept in a JSON file, e.g. `node_modules/.cache/simsiam-lab/tuning.json`. */
export function fileTuningCache(file: string): TuningCache {
  const values = read(file);
  return {
    async get(key) {
      return values.get(key) ?? null;
    },
    async set(key, value) {
      values.set(key, value);
      mkdirSync(dirname(file), { recursive: true });
      // Written to another file and renamed, so that another process never reads an incomplete file.
      const whole = `${file}.${process.pid}`;
      writeFileSync(whole, `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`);
      renameSync(whole, file);
    },
  };
}
