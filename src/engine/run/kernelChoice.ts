import type { RunConfig } from '../../domain/runConfig';
import { isWebGpu } from '../kernels/runtime/program';
import { tuneConvolutions } from '../kernels/tuning/tuneConvolutions';
import type { TuningCache } from '../kernels/tuning/tuningCache';
import { passesOf } from '../methods/registry';
import { tunedConvolutions } from '../network/tunedConvolutions';

export interface KernelOptions {
  /** Where the choice of kernels for this adapter is kept; without it they stay as they are. */
  readonly tuning?: TuningCache;
  /** A software adapter compiles slowly, and gets longer to choose. */
  readonly isSoftware?: boolean;
}

/** Names of kernel variants by the class of shapes they compute; empty where none were chosen. */
export type ChosenKernels = ReadonlyMap<string, string>;

/** Time to choose kernels in, where the choice is not known yet. */
const TUNING_MS = { hardware: 300, software: 1500 };

/** Which variants of the kernels a run is computed with: another variant sums in another order, which shows in the last digits. */
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

  /** Takes the variants known to be fastest here, and measures those not known; does nothing once they are chosen. */
  async choose(): Promise<void> {
    const { tuning, isSoftware = false } = this.#options;
    if (tuning === undefined || this.#chosen.size > 0) return;
    await this.#tune(tuning, isSoftware ? TUNING_MS.software : TUNING_MS.hardware);
  }

  /** Takes the variants of another run; returns whether these differ from those in use. */
  async restore(chosen: ChosenKernels): Promise<boolean> {
    if ([...chosen].every(([name, variant]) => this.#chosen.get(name) === variant)) return false;
    await this.#tune(answering(chosen), 0);
    return true;
  }

  async #tune(cache: TuningCache, budgetMs: number): Promise<void> {
    if (!isWebGpu()) return;
    const { precision } = this.#config;
    this.#chosen = (
      await tuneConvolutions(tunedConvolutions(passesOf(this.#config)), cache, budgetMs, precision)
    ).chosen;
  }
}

/** A cache that knows these variants on any adapter; its keys end in the class of shapes. */
function answering(chosen: ChosenKernels): TuningCache {
  return {
    get: async (key) => [...chosen].find(([name]) => key.endsWith(` | ${name}`))?.[1] ?? null,
    set: async () => undefined,
  };
}
