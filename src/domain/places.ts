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

/** Key of a lesson in the address: the id of one that the page ships with, or a lesson as `encodeLesson` writes it. */
export const LESSON_KEY = 'lesson';

/** The lesson that an address names, as text; null where it names none. */
export function lessonTextIn(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get(LESSON_KEY);
}

/** The address without the place and the lesson: two addresses that differ in these alone are the same run. */
export function runIn(hash: string): string {
  const entries = new URLSearchParams(hash.replace(/^#/, ''));
  entries.delete(PLACE_KEY);
  entries.delete(LESSON_KEY);
  return entries.toString();
}
