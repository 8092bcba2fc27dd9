/** The rule by which `auto` chooses between the engine on an adapter and WASM; `startEngine.ts` measures. */

/** A software adapter is used only if it is at least this many times as fast as WASM. */
export const SOFTWARE_FACTOR = 1.5;

/** Turns of measuring in all of which a software adapter has to reach the factor: other programs may slow one turn down. */
export const TURNS = 2;

/** Rates of both engines in GFLOP/s, measured one after the other. */
export interface Turn {
  readonly gpu: number;
  readonly wasm: number;
}

/** The engines that have started. */
export interface Started {
  /** What WebGPU or WebGL runs on; null where neither has started. */
  readonly gpu: 'hardware' | 'software' | null;
  readonly wasm: boolean;
}

/** An engine, `measure` where one more turn of measuring is needed, or `none`. */
export type Choice = 'gpu' | 'wasm' | 'measure' | 'none';

/**
 * A GPU is never left for WASM. With a software adapter WASM is presumed to be faster, until the adapter has been at least
 * `SOFTWARE_FACTOR` times as fast in each of `TURNS` turns.
 * @param turns the turns measured so far
 */
export function chooseEngine({ gpu, wasm }: Started, turns: readonly Turn[]): Choice {
  if (!wasm) return gpu === null ? 'none' : 'gpu';
  if (gpu === null) return 'wasm';
  if (gpu === 'hardware') return 'gpu';
  if (!turns.every(isClearlyFaster)) return 'wasm';
  return turns.length < TURNS ? 'measure' : 'gpu';
}

/** False also where a rate is not a number. */
function isClearlyFaster({ gpu, wasm }: Turn): boolean {
  return gpu >= SOFTWARE_FACTOR * wasm;
}
