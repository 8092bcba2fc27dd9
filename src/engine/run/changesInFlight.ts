import {
  type LiveChange,
  type LiveKey,
  type LiveSettings,
  type LiveValue,
  liveSchema,
  liveSettingsOf,
  type RunConfig,
} from '../../domain/runConfig';
import { endOfRun } from '../../domain/runLength';

/** Changes of a run. */
export interface ChangesState {
  /** Those made so far, in the order in which they were made. */
  readonly made: readonly LiveChange[];
  /** Those to be made at their steps, as a link carries them. */
  readonly planned: readonly LiveChange[];
}

/** The settings that can change during a run, and the steps at which they change. */
export class ChangesInFlight {
  readonly #initial: LiveSettings;
  #live: LiveSettings;
  #made: readonly LiveChange[] = [];
  #planned: readonly LiveChange[];

  /** @param planned changes to make at their steps */
  constructor(config: RunConfig, planned: readonly LiveChange[]) {
    this.#initial = liveSettingsOf(config);
    this.#live = this.#initial;
    this.#planned = [...planned].sort((a, b) => a[0] - b[0]);
  }

  /** The current settings. */
  get live(): LiveSettings {
    return this.#live;
  }

  /** The step at which the run is finished, with the changes made so far. */
  get end(): number {
    return endOfRun(this.#initial, this.#made);
  }

  /** The changes made so far, including planned ones. With them the run can be repeated. */
  get made(): readonly LiveChange[] {
    return this.#made;
  }

  /** Step of the last change made; 0 before the first. */
  get last(): number {
    return this.#made.at(-1)?.[0] ?? 0;
  }

  /** Whether a planned change is due at a step. */
  isDue(step: number): boolean {
    const [next] = this.#planned;
    return next !== undefined && next[0] <= step;
  }

  /** Removes and returns the next planned change that is due at a step; null when none is. */
  takeDue(step: number): LiveChange | null {
    const [next, ...later] = this.#planned;
    if (next === undefined || next[0] > step) return null;
    this.#planned = later;
    return next;
  }

  /** Makes a change at a step. */
  make(step: number, key: LiveKey, value: LiveValue): void {
    this.#live = liveSchema.parse({ ...this.#live, [key]: value });
    this.#made = [...this.#made, [step, key, value]];
  }

  state(): ChangesState {
    return { made: this.#made, planned: this.#planned };
  }

  /** Goes back to a state, and calls `each` with every change made and the settings as they were after it. */
  restore({ made, planned }: ChangesState, each: (key: LiveKey, live: LiveSettings) => void): void {
    this.#live = this.#initial;
    this.#made = [];
    this.#planned = planned;
    for (const [step, key, value] of made) {
      this.make(step, key, value);
      each(key, this.#live);
    }
  }
}
