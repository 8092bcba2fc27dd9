/** Where choices measured once are kept, so that the next run on this machine makes the same ones. The engine's owner hands it in. */
export interface TuningCache {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
}

/** Forgets with the process. */
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
