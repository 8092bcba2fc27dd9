import type { Lab } from './lab';
import { linkOf } from './link/link';

/** The address follows this long after the settings, so that a slider does not write it a hundred times. */
const DELAY_MS = 250;

/** Keeps the address of the page and the settings in step, both ways, without touching the history. */
export function syncLink(lab: Lab, page: Window): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const write = () => {
    timer = null;
    const hash = `#${currentLink(lab)}`;
    if (hash !== page.location.hash) page.history.replaceState(page.history.state, '', hash);
  };
  const soon = () => {
    if (timer === null) timer = setTimeout(write, DELAY_MS);
  };
  lab.runStore.subscribe((now, before) => {
    if (now.config !== before.config || now.changes !== before.changes || now.pending !== before.pending) soon();
  });
  lab.datasetStore.subscribe((now, before) => {
    if (now.info !== before.info || now.wanted !== before.wanted) soon();
  });
  // The event comes late: by then the address may have been written over with the settings before it.
  page.addEventListener('hashchange', ({ newURL }) => lab.open(new URL(newURL).hash));
  soon();
}

/** The hash of the run on the page, without `#`. */
export function currentLink(lab: Lab): string {
  return linkOf(lab.runStore.getState(), lab.datasetStore.getState());
}
