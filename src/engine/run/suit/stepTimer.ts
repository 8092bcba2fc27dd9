import type { RunCost } from './plan';

/** Steps before the time of a step is measured: kernels are compiled and steps are recorded in them. */
const UNTIMED_STEPS = 2;

/** Divides the time of a short run into what each image takes and the rest. */
export class StepTimer {
  readonly #batchSize: number;
  readonly #now: () => number;
  readonly #began: number;
  #from: { readonly step: number; readonly at: number } | null = null;
  #to: { readonly step: number; readonly at: number };

  /** Created before the first step. @param now a clock in milliseconds */
  constructor(batchSize: number, now: () => number) {
    this.#batchSize = batchSize;
    this.#now = now;
    this.#began = now();
    this.#to = { step: 0, at: this.#began };
  }

  /** Called after each step. */
  stepped(step: number): void {
    this.#to = { step, at: this.#now() };
    if (step === UNTIMED_STEPS) this.#from = this.#to;
  }

  /** @param total milliseconds of the whole run, with its preparation and its measurement */
  cost(total: number): RunCost {
    const { step, at } = this.#to;
    const isTimed = this.#from !== null && this.#from.step < step;
    const from = isTimed && this.#from !== null ? this.#from : { step: 0, at: this.#began };
    const perImage = step === 0 ? 0 : (at - from.at) / ((step - from.step) * this.#batchSize);
    return { fixed: Math.max(0, total - step * this.#batchSize * perImage), perImage };
  }
}
