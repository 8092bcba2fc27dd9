import { breathe } from '../data/import/breathe';
import type { Trainer } from '../engine/run/trainer';
import { StoppedError } from './stoppedError';

/** The search of all images for neighbours while a run stands still. */
export class StillSearch {
  readonly #trainer: Trainer;
  /** Number of the search that is wanted. */
  #wanted = 0;
  /** The searches begun so far; never rejects. */
  #work: Promise<void> = Promise.resolve();

  constructor(trainer: Trainer) {
    this.#trainer = trainer;
  }

  /**
   * Begins a search, and stops the one under way.
   * @param guard runs the search and handles its errors
   */
  begin(guard: (search: () => Promise<void>) => Promise<void>): void {
    this.#wanted += 1;
    const number = this.#wanted;
    const between = async () => {
      await breathe();
      if (number !== this.#wanted) throw new StoppedError();
    };
    this.#work = this.#work.then(() => guard(() => this.#search(between)));
  }

  async #search(between: () => Promise<void>): Promise<void> {
    try {
      await this.#trainer.searchAll(between);
    } catch (error) {
      if (!(error instanceof StoppedError)) throw error;
    }
  }

  /** Stops the search under way at its next block of images. Resolves when it has ended. */
  stop(): Promise<void> {
    this.#wanted += 1;
    return this.#work;
  }
}
