/** The places of the page: train a run, explore its embedding, compare runs and experiments. */
export const PLACES = ['train', 'explore', 'compare'] as const;
export type Place = (typeof PLACES)[number];

/** Key of the place in the address; it is no setting of a run. */
export const PLACE_KEY = 'at';

/** The place that an address names; the first one where it names none. */
export function placeIn(hash: string): Place {
  const text = new URLSearchParams(hash.replace(/^#/, '')).get(PLACE_KEY);
  return PLACES.find((place) => place === text) ?? PLACES[0];
}

/** The address without its place: two addresses that differ in the place alone are the same run. */
export function withoutPlace(hash: string): string {
  const entries = new URLSearchParams(hash.replace(/^#/, ''));
  entries.delete(PLACE_KEY);
  return entries.toString();
}
