import type { KeptWeights } from '../domain/keptRun';
import type { Trainer } from '../engine/run/trainer';
import type { Keeper } from './keeper';

/** The code is loaded after so many steps: the page shows its first losses by then. */
const LOAD_AT = 8;
/** Where it could not be loaded, it is tried again after so many steps. */
const RETRY = 500;
/** The longest that a run waits for it, where a host or a storage does not answer. */
const PATIENCE_MS = 10_000;

/** The keeper of a run, which is loaded when there is something to keep. */
export class LazyKeeper {
  readonly #open: () => Promise<Keeper>;
  readonly #forksAt: readonly number[];
  readonly #report: (kept: KeptWeights) => void;
  #keeper: Keeper | null = null;
  #opening: Promise<Keeper | null> | null = null;

  /**
   * @param forksAt steps that are kept in any case
   * @param report receives that nothing is kept where the code cannot be loaded
   */
  constructor(open: () => Promise<Keeper>, forksAt: readonly number[], report: (kept: KeptWeights) => void) {
    this.#open = open;
    this.#forksAt = forksAt;
    this.#report = report;
  }

  /** Loads it at once. */
  async begin(): Promise<void> {
    await this.#load();
  }

  /** As `Keeper.stepped`. */
  async stepped(trainer: Trainer): Promise<void> {
    if (this.#keeper !== null) await this.#keeper.stepped(trainer);
    else if (this.#forksAt.includes(trainer.step)) await (await this.#load())?.stepped(trainer);
    else if (trainer.step % RETRY === LOAD_AT) void this.#load();
  }

  /** As `Keeper.stopped`. */
  async stopped(trainer: Trainer): Promise<void> {
    // At step 0 there is something to keep only where a run has diverged and gone back there.
    if (trainer.step > 0 || this.#keeper !== null) await (await this.#load())?.stopped(trainer);
  }

  /** As `Keeper.beforeChange`. */
  async beforeChange(trainer: Trainer, isPlanned: boolean): Promise<void> {
    if (trainer.step > 0) await (await this.#load())?.beforeChange(trainer, isPlanned);
  }

  /** As `Keeper.changed`. */
  changed(trainer: Trainer): void {
    this.#keeper?.changed(trainer);
  }

  /** As `Keeper.rewound`. */
  rewound(step: number): void {
    this.#keeper?.rewound(step);
  }

  /** As `Keeper.settled`. */
  async settled(): Promise<void> {
    await this.#keeper?.settled();
  }

  /** The keeper; null where it is not loaded in time, or cannot be, which is tried again at the next call. */
  #load(): Promise<Keeper | null> {
    if (this.#keeper !== null) return Promise.resolve(this.#keeper);
    this.#opening ??= this.#opened();
    return Promise.race([this.#opening, new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS))]);
  }

  async #opened(): Promise<Keeper | null> {
    try {
      this.#keeper = await this.#open();
    } catch {
      // Without a network, code that was never loaded cannot be had.
      this.#opening = null;
      this.#report({ steps: [], problem: 'unavailable' });
    }
    return this.#keeper;
  }
}
