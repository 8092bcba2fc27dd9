import { createStore } from 'zustand/vanilla';
import type { Place } from '../../domain/places';

export type PlaceStore = ReturnType<typeof createPlaceStore>;

/** Which place of the page is shown. A run goes on in every place. */
export function createPlaceStore(place: Place) {
  return createStore<{ readonly place: Place }>(() => ({ place }));
}
