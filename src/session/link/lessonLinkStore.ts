import { createStore } from 'zustand/vanilla';
import { lessonTextIn, runIn } from '../../domain/places';

/** The lesson that the page's address names. */
export interface LessonLink {
  /** null where it names none. */
  readonly text: string | null;
  /** Whether the address names the lesson and no run, as a link to a lesson does. */
  readonly isAlone: boolean;
}

export type LessonLinkStore = ReturnType<typeof createLessonLinkStore>;

export function lessonLinkIn(hash: string): LessonLink {
  return { text: lessonTextIn(hash), isAlone: runIn(hash) === '' };
}

export function createLessonLinkStore(hash: string) {
  return createStore<LessonLink>(() => lessonLinkIn(hash));
}
