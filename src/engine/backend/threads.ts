import { hasSharedMemory } from '../kernels/wasmgen/support';

/** tfjs's WASM backend creates this many workers for its threads, whether they are used or not. */
export const MAX_THREADS = 8;

/** The properties of the global object that limit the number of threads. */
const scope = globalThis as {
  readonly Worker?: unknown;
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: { readonly hardwareConcurrency?: number };
};

const logicalProcessors = () => scope.navigator?.hardwareConcurrency ?? 1;

/**
 * Why WASM can have one thread only, in words and with what to do; null where more can be tried. Whether a shared memory can be made
 * decides, not `crossOriginIsolated`: WebKitGTK is isolated and lacks `SharedArrayBuffer`.
 */
export function whyOneThread(): string | null {
  if (typeof scope.Worker !== 'function') return 'Threads need Web Workers, which are missing here';
  if (!hasSharedMemory()) {
    return scope.crossOriginIsolated === true
      ? 'This browser has no SharedArrayBuffer, which several threads need'
      : 'Several threads need a cross-origin isolated page: reload this page once, in a window where the browser allows service workers';
  }
  return logicalProcessors() > 1 ? null : 'The processor has one core';
}

/**
 * The number of threads to try: half of the logical processors, since most processors count each core twice, but at least 2 and at most 8;
 * 1 where `whyOneThread` gives a reason.
 */
export function threadsWorthTrying(): number {
  if (whyOneThread() !== null) return 1;
  const logical = logicalProcessors();
  return Math.min(MAX_THREADS, Math.max(2, Math.floor(logical / 2)));
}
