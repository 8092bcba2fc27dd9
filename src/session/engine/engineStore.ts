import { createStore } from 'zustand/vanilla';
import type { EngineInfo } from '../../domain/engineInfo';
import type { EngineError } from '../../protocol/events';

export interface EngineStoreState {
  /** `lost`: the engine ran and then failed; `failed`: it did not start. */
  readonly state: 'starting' | 'ready' | 'lost' | 'failed';
  readonly adapter: EngineInfo | null;
  readonly error: EngineError | null;
}

export type EngineStore = ReturnType<typeof createEngineStore>;

export function createEngineStore() {
  return createStore<EngineStoreState>(() => ({ state: 'starting', adapter: null, error: null }));
}
