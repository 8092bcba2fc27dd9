import type { RunConfig } from '../../domain/runConfig';
import { isWebGpu } from '../kernels/runtime/program';
import { tuneConvolutions } from '../kernels/tuning/tuneConvolutions';
import type { TuningCache } from '../kernels/tuning/tuningCache';
import { passesOf } from '../methods/registry';
import { tunedConvolutions } from '../network/tunedConvolutions';

export interface KernelOptions {
  /** The cache of the kernels chosen for this adapter; without it, none are chosen. */
  readonly tuning?: TuningCache;
  /** Whether the adapter is a software adapter, which compiles slowly and therefore gets more time to choose. */
  readonly isSoftware?: boolean;
}

/** Names of kernel variants by the class of shapes they compute; empty where none were chosen. */
export type ChosenKernels = ReadonlyMap<string, string>;

/** Time for measuring kernels whose choice is not in the cache. */
const TUNING_MS = { hardware: 300, software: 1500 };

/**
 * The variants of the kernels that compute a run. They are fixed, since another variant sums in another order, which changes the last
 * digits.
 */
export class KernelChoice {
  readonly #config: RunConfig;
  readonly #options: KernelOptions;
  #chosen: ChosenKernels = new Map();

  constructor(config: RunConfig, options: KernelOptions) {
    this.#config = config;
    this.#options = options;
  }

  get chosen(): ChosenKernels {
    return this.#chosen;
  }

  /** Uses the variants known to be fastest here, and measures those not known; does nothing once they are chosen. */
  async choose(): Promise<void> {
    const { tuning, isSoftware = false } = this.#options;
    if (tuning === undefined || this.#chosen.size > 0) return;
    await this.#tune(tuning, isSoftware ? TUNING_MS.software : TUNING_MS.hardware);
  }

  /** Uses the variants of a snapshot; returns whether these differ from those in use. */
  async restore(chosen: ChosenKernels): Promise<boolean> {
    if ([...chosen].every(([name, variant]) => this.#chosen.get(name) === variant)) return false;
    await this.#tune(answering(chosen), 0);
    return true;
  }

  /** Uses the chosen variants again, after another run chose its own. */
  async settle(): Promise<void> {
    if (this.#chosen.size > 0) await this.#tune(answering(this.#chosen), 0);
  }

  async #tune(cache: TuningCache, budgetMs: number): Promise<void> {
    if (!isWebGpu()) return;
    const { precision } = this.#config;
    this.#chosen = (
      await tuneConvolutions(tunedConvolutions(passesOf(this.#config)), cache, budgetMs, precision)
    ).chosen;
  }
}

/** A cache that returns these variants for any adapter; its keys end in the class of shapes. */
function answering(chosen: ChosenKernels): TuningCache {
  return {
    get: async (key) => [...chosen].find(([name]) => key.endsWith(` | ${name}`))?.[1] ?? null,
    set: async () => undefined,
  };
}
