import { LESSON_KEY, PLACE_KEY, placeIn, runIn } from '../../domain/places';
import type { DatasetStore } from '../data/datasetStore';
import type { RunStore } from '../run/runStore';
import { type LessonLinkStore, lessonLinkIn } from './lessonLinkStore';
import { linkOf } from './link';
import type { PlaceStore } from './placeStore';

/** The stores that a link is computed from. */
export interface LinkSources {
  readonly runStore: RunStore;
  readonly datasetStore: DatasetStore;
}

/** Delay between an edit and the update of the address, so that dragging a slider does not write it a hundred times. */
const DELAY_MS = 250;

/** The sources of the page's address, which also names the place, and the lesson that a link brought. */
interface AddressSources extends LinkSources {
  readonly placeStore: PlaceStore;
  readonly lessonLinkStore: LessonLinkStore;
}

/**
 * Writes the settings, the place and a link's lesson into the page's address, and opens an address that the person enters. Adds no entry to the history,
 * since an entry has the settings of its time, and going back would end the run.
 * @param open called with the hash of an address that the person went to, unless only its place or lesson is another
 */
export function syncLink(sources: AddressSources, open: (hash: string) => void, page: Window): void {
  const { runStore, datasetStore, placeStore, lessonLinkStore } = sources;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const write = () => {
    timer = null;
    const { text } = lessonLinkStore.getState();
    const lesson = text === null ? '' : `&${LESSON_KEY}=${text}`;
    const hash = `#${currentLink(sources)}&${PLACE_KEY}=${placeStore.getState().place}${lesson}`;
    if (hash !== page.location.hash) page.history.replaceState(page.history.state, '', hash);
  };
  const soon = () => {
    if (timer === null) timer = setTimeout(write, DELAY_MS);
  };
  runStore.subscribe((now, before) => {
    if (now.config !== before.config || now.changes !== before.changes || now.pending !== before.pending) soon();
  });
  datasetStore.subscribe((now, before) => {
    if (now.info !== before.info || now.wanted !== before.wanted || now.part !== before.part) soon();
  });
  placeStore.subscribe(soon);
  lessonLinkStore.subscribe(soon);
  page.addEventListener('hashchange', ({ newURL }) => {
    // The event's URL, not the current one: `write` may have overwritten the address before the event arrives.
    const { hash } = new URL(newURL);
    placeStore.setState({ place: placeIn(hash) });
    if (runIn(hash) !== currentLink(sources)) open(hash);
    lessonLinkStore.setState(lessonLinkIn(hash));
  });
  soon();
}

/** The hash, without `#`, of a link to the run on the page for others: it names the weights that the run began with. */
export function linkForOthers({ runStore, datasetStore }: LinkSources): string {
  const run = runStore.getState();
  return linkOf(run, datasetStore.getState(), run.active?.warmStart);
}

/** The hash of the run on the page, without `#`. */
export function currentLink({ runStore, datasetStore }: LinkSources): string {
  return linkOf(runStore.getState(), datasetStore.getState());
}
