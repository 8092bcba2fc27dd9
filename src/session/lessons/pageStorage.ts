import { type PageStorage, readText, writeText } from '../pageText';
import type { LessonProgress } from './lessonStore';

const PROGRESS_KEY = 'simsiam-lab-lessons';
const DRAFT_KEY = 'simsiam-lab-lesson-draft';
/** Lessons whose progress is kept; those begun earlier are forgotten. */
const KEPT = 30;

/** What is kept of lessons over a reload. */
export interface KeptLessons {
  readonly progress: Readonly<Record<string, LessonProgress>>;
  /** The id of the lesson that was open; null where none was. */
  readonly open: string | null;
}

const NOTHING: KeptLessons = { progress: {}, open: null };

function isProgress(value: unknown): value is LessonProgress {
  if (typeof value !== 'object' || value === null) return false;
  const { step, isDone } = value as Partial<LessonProgress>;
  return typeof step === 'number' && Number.isInteger(step) && step >= 0 && typeof isDone === 'boolean';
}

/** What an earlier opening of the page kept; nothing where there is no storage, or it cannot be read. */
export function readKept(storage: PageStorage | null): KeptLessons {
  try {
    const value: unknown = JSON.parse(readText(storage, PROGRESS_KEY) ?? 'null');
    if (typeof value !== 'object' || value === null) return NOTHING;
    const { progress, open } = value as { progress?: unknown; open?: unknown };
    const entries = Object.entries((progress ?? {}) as Record<string, unknown>);
    return {
      progress: Object.fromEntries(entries.filter((entry): entry is [string, LessonProgress] => isProgress(entry[1]))),
      open: typeof open === 'string' ? open : null,
    };
  } catch {
    return NOTHING;
  }
}

/** Keeps the progress of the last lessons. A storage that is full or blocked is no reason to stop a lesson. */
export function writeKept(storage: PageStorage | null, { progress, open }: KeptLessons): void {
  const last = Object.fromEntries(Object.entries(progress).slice(-KEPT));
  writeText(storage, PROGRESS_KEY, JSON.stringify({ progress: last, open }));
}

/** The lesson that is being written, as JSON; null where none was begun. */
export function readDraft(storage: PageStorage | null): unknown {
  try {
    return JSON.parse(readText(storage, DRAFT_KEY) ?? 'null');
  } catch {
    return null;
  }
}

export function writeDraft(storage: PageStorage | null, draft: unknown): void {
  writeText(storage, DRAFT_KEY, JSON.stringify(draft));
}
