import type { DatasetStore } from '../data/datasetStore';
import type { RunStore } from '../run/runStore';
import { linkOf } from './link';

/** The stores that a link is computed from. */
export interface LinkSources {
  readonly runStore: RunStore;
  readonly datasetStore: DatasetStore;
}

/** Delay between an edit and the update of the address, so that dragging a slider does not write it a hundred times. */
const DELAY_MS = 250;

/**
 * Writes the settings into the page's address, and opens an address that the person enters. Adds no entry to the history.
 * @param open called with the hash of an address that the person went to
 */
export function syncLink(sources: LinkSources, open: (hash: string) => void, page: Window): void {
  const { runStore, datasetStore } = sources;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const write = () => {
    timer = null;
    const hash = `#${currentLink(sources)}`;
    if (hash !== page.location.hash) page.history.replaceState(page.history.state, '', hash);
  };
  const soon = () => {
    if (timer === null) timer = setTimeout(write, DELAY_MS);
  };
  runStore.subscribe((now, before) => {
    if (now.config !== before.config || now.changes !== before.changes || now.pending !== before.pending) soon();
  });
  datasetStore.subscribe((now, before) => {
    if (now.info !== before.info || now.wanted !== before.wanted) soon();
  });
  // The event's URL, not the current one: `write` may have overwritten the address before the event arrives.
  page.addEventListener('hashchange', ({ newURL }) => open(new URL(newURL).hash));
  soon();
}

/** The hash of the run on the page, without `#`. */
export function currentLink({ runStore, datasetStore }: LinkSources): string {
  return linkOf(runStore.getState(), datasetStore.getState());
}
