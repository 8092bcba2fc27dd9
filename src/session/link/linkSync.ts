import type { DatasetStore } from '../data/datasetStore';
import type { RunStore } from '../run/runStore';
import { linkOf } from './link';

/** What a link is made of. */
export interface LinkSources {
  readonly runStore: RunStore;
  readonly datasetStore: DatasetStore;
}

/** The address follows this long after the settings, so that a slider does not write it a hundred times. */
const DELAY_MS = 250;

/**
 * Keeps the address of the page and the settings in step, both ways, without touching the history.
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
  // The event comes late: by then the address may hold the old settings again.
  page.addEventListener('hashchange', ({ newURL }) => open(new URL(newURL).hash));
  soon();
}

/** The hash of the run on the page, without `#`. */
export function currentLink({ runStore, datasetStore }: LinkSources): string {
  return linkOf(runStore.getState(), datasetStore.getState());
}
