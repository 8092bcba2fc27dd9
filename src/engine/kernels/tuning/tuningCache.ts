/**
 * Stores measured choices, so that the next run on this machine makes the same ones. The worker or script that uses the engine supplies it.
 */
export interface TuningCache {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
}

/** A cache in memory, lost when the process ends. */
export function memoryTuningCache(): TuningCache {
  const values = new Map<string, string>();
  return {
    async get(key) {
      return values.get(key) ?? null;
    },
    async set(key, value) {
      values.set(key, value);
    },
  };
}
