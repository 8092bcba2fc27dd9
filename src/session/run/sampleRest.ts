import type { SampleId } from '../../domain/imageDataset';
import type { DatasetStore, SamplePart } from '../data/datasetStore';
import type { RunStore } from './runStore';

/** The stores that decide when the rest of a sample is loaded. */
export interface RestStores {
  readonly runStore: RunStore;
  readonly datasetStore: DatasetStore;
}

/** What brings the rest of a sample. */
export interface RestParts {
  /** Loads the whole sample in place of the part in use. */
  join(): Promise<void>;
  /** Downloads the rest, for a later run. */
  download(id: SampleId): Promise<void>;
}

/**
 * Loads the rest of a sample of which the page began with a part. It waits until nothing else is loading that a first run needs: a run on the
 * part stands ready, or, where the person has started it, has taken its first step.
 */
export class SampleRest {
  readonly #stores: RestStores;
  readonly #parts: RestParts;
  #isBusy = false;

  constructor(stores: RestStores, parts: RestParts) {
    this.#stores = stores;
    this.#parts = parts;
    stores.runStore.subscribe(() => void this.#look());
  }

  async #look(): Promise<void> {
    const { part } = this.#stores.datasetStore.getState();
    if (this.#isBusy || part === null || part.rest !== 'coming') return;
    const { runState, intent, step } = this.#stores.runStore.getState();
    if (part.isFixed ? step === 0 : runState !== 'paused' || intent !== null) return;
    this.#isBusy = true;
    await (part.isFixed ? this.#download(part) : this.#join());
    this.#isBusy = false;
  }

  async #join(): Promise<void> {
    await this.#parts.join();
    const { part } = this.#stores.datasetStore.getState();
    // A person who starts the run ends the load; otherwise it failed.
    if (part !== null && !part.isFixed) this.#rest(part, 'away');
  }

  async #download(part: SamplePart): Promise<void> {
    try {
      await this.#parts.download(part.id);
      this.#rest(part, 'here');
    } catch {
      this.#rest(part, 'away');
    }
  }

  /** Notes where the rest is, unless other images are in use by now. */
  #rest(of: SamplePart, rest: SamplePart['rest']): void {
    const { part } = this.#stores.datasetStore.getState();
    if (part?.id === of.id && part.count === of.count) this.#stores.datasetStore.setState({ part: { ...part, rest } });
  }
}
