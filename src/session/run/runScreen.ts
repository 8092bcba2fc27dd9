import type { RunSignal } from '../../domain/signal';
import type { ChartClock } from './chartClock';
import { DRAWN, reduceSignal } from './runEvents';
import type { RunStore, RunStoreState } from './runStore';
import type { SeriesSet } from './series';

/** Where the page keeps what its run reports. */
export interface ScreenStores {
  readonly runStore: RunStore;
  readonly series: SeriesSet;
  readonly clock: ChartClock;
  /** Collects the run's frames. */
  readonly frames: {
    receive(signal: RunSignal): void;
    /** Called when what was collected is void: the run is over, or goes on from an earlier step. */
    clear(): void;
  };
}

/** Takes what the run on the page reports into its stores. */
export class RunScreen {
  readonly #stores: ScreenStores;

  constructor(stores: ScreenStores) {
    this.#stores = stores;
  }

  /** Clears the series and frames. */
  clear(): void {
    this.#stores.series.clear();
    this.#stores.frames.clear();
    this.#stores.clock.touch();
  }

  /** Adds a signal of the run to series and frames, and returns what it changes in the run store. */
  take(signal: RunSignal): Partial<RunStoreState> {
    const { runStore, series, clock, frames } = this.#stores;
    const state = runStore.getState();
    if (signal.kind === 'rewound') this.clear();
    if (signal.kind === 'measurements') {
      // A fork's curves begin where it leaves its parent.
      const first = state.active?.parent?.step ?? 0;
      for (const item of signal.value) if (item.step >= first) series.add(item);
    }
    frames.receive(signal);
    if (DRAWN.has(signal.kind)) clock.touch();
    return reduceSignal(state, signal);
  }
}
