import { createStore } from 'zustand/vanilla';
import type { Lesson, LessonStep } from '../../domain/lessons/lesson';

/** How far a person has come in a lesson. */
export interface LessonProgress {
  /** The step that is shown, from 0; the number of steps at the end of the lesson. */
  readonly step: number;
  readonly isDone: boolean;
}

export interface LessonState {
  /** The lesson that was opened last; null before the first. */
  readonly lesson: Lesson | null;
  /** Whether it is shown; a lesson that was left is not. */
  readonly isOpen: boolean;
  readonly step: number;
  /** The choice at the step's question; null before it. */
  readonly guess: number | null;
  /** Whether what the step waits for has come, now or before. */
  readonly isMet: boolean;
  /** The run's step from which the steps taken here are counted. */
  readonly since: number;
  /** Progress by the lesson's id. */
  readonly progress: Readonly<Record<string, LessonProgress>>;
}

export type LessonStore = ReturnType<typeof createLessonStore>;

export function createLessonStore(progress: LessonState['progress']) {
  return createStore<LessonState>(() => ({ ...NO_STEP, lesson: null, isOpen: false, step: 0, progress }));
}

/** The values of a step that has just been entered. */
export const NO_STEP = { guess: null, isMet: false, since: 0 } as const satisfies Partial<LessonState>;

/** The step that is shown; null at the end of a lesson, and where there is none. */
export function stepOf({ lesson, step }: Pick<LessonState, 'lesson' | 'step'>): LessonStep | null {
  return lesson?.steps[step] ?? null;
}

/** `guess`: the question is asked; `wait`: for what the step waits for; `answer`: the answer is shown; `ready`: the person may go on. */
export type LessonPhase = 'guess' | 'wait' | 'answer' | 'ready' | 'end';

export function phaseOf(state: Pick<LessonState, 'lesson' | 'step' | 'guess' | 'isMet'>): LessonPhase {
  const step = stepOf(state);
  if (step === null) return 'end';
  if (step.question !== undefined && state.guess === null) return 'guess';
  if (!state.isMet) return 'wait';
  return step.question === undefined ? 'ready' : 'answer';
}
