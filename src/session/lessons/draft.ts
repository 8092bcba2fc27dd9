import type { LessonStep } from '../../domain/lessons/lesson';

/** A step while it is written, with a key for the list. */
export interface DraftStep extends LessonStep {
  readonly key: number;
}

/** A lesson while it is written: its text may still be empty. */
export interface LessonDraft {
  readonly title: string;
  readonly minutes: number;
  readonly hides: boolean;
  /** The settings that it opens with, as the hash of a link; empty: the page's as they are. */
  readonly settings: string;
  readonly steps: readonly DraftStep[];
}
