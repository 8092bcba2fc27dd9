import type { DatasetStore } from './data/datasetStore';
import type { RunStore } from './run/runStore';

/** The stores that say when the page trains, and on what. */
export interface TrainingStores {
  readonly runStore: RunStore;
  readonly datasetStore: DatasetStore;
}

/**
 * Calls `keep` when the first loss of a run is shown: once for images of one's own, and once for each sample. By then everything that training
 * needs is loaded.
 * @param keep gets the name of the sample, null for images of one's own
 */
export function whenTraining({ runStore, datasetStore }: TrainingStores, keep: (sample: string | null) => void): void {
  const kept = new Set<string | null>();
  runStore.subscribe(({ latest }) => {
    const source = datasetStore.getState().info?.source;
    if (latest.loss === undefined || source === undefined) return;
    const sample = source.kind === 'sample' ? source.id : null;
    if (kept.has(sample)) return;
    kept.add(sample);
    keep(sample);
  });
}
