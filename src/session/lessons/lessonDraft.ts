import { conditionSchema } from '../../domain/lessons/conditions';
import { type Lesson, lessonSchema } from '../../domain/lessons/lesson';
import { isTarget } from '../../domain/lessons/targets';
import { z } from '../../domain/zod';
import type { LessonDraft } from './draft';

/** A draft as it is kept: its sentences may still be empty or too long, which the lesson's schema reports when the link is made. */
const draftSchema = z.object({
  title: z.string(),
  minutes: z.number(),
  hides: z.boolean(),
  settings: z.string(),
  steps: z.array(
    z.object({
      text: z.string(),
      target: z.string().refine(isTarget),
      wait: z.array(conditionSchema),
      question: z
        .object({
          choices: z.array(z.string()),
          answer: z.int(),
          because: z.string(),
          task: z.string().optional(),
        })
        .optional(),
    }),
  ),
});

/** A draft that was kept, without its keys; null where it cannot be read. */
export function keptDraft(value: unknown): z.infer<typeof draftSchema> | null {
  const parsed = draftSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** What a person must still change before the draft is a lesson. */
export interface DraftProblem {
  /** The key of the step; null for the lesson as a whole. */
  readonly key: number | null;
  readonly text: string;
}

/** The lesson of a draft, or what must be changed before it is one. */
export function finished(
  draft: LessonDraft,
):
  | { readonly lesson: Lesson; readonly problems: readonly [] }
  | { readonly lesson: null; readonly problems: readonly DraftProblem[] } {
  const steps = draft.steps.map(({ key: _, ...step }) => step);
  const parsed = lessonSchema.safeParse({ ...draft, id: idOf(draft), steps });
  if (parsed.success) return { lesson: parsed.data, problems: [] };
  return { lesson: null, problems: parsed.error.issues.map(({ path, message }) => problemOf(draft, path, message)) };
}

const FIELD_NAMES: Readonly<Record<string, string>> = {
  title: 'Title',
  minutes: 'Minutes',
  steps: 'Steps',
  text: 'sentence',
  because: 'reason',
  choices: 'choices',
  wait: 'wait',
};

function problemOf(draft: LessonDraft, path: readonly PropertyKey[], message: string): DraftProblem {
  const [first, at] = path;
  const names = path.flatMap((part) => (typeof part === 'string' ? (FIELD_NAMES[part] ?? []) : []));
  const words = `${names.at(-1) ?? 'Lesson'}: ${message}.`;
  if (first !== 'steps' || typeof at !== 'number') return { key: null, text: words };
  return { key: draft.steps[at]?.key ?? null, text: `Step ${at + 1}, ${words}` };
}

/** An id by the draft's content, so that an edited lesson does not take over the progress of its earlier form. */
function idOf({ title, steps }: LessonDraft): string {
  let hash = 5381;
  for (const letter of JSON.stringify([title, steps.map(({ text }) => text)])) {
    hash = (Math.imul(hash, 33) ^ (letter.codePointAt(0) ?? 0)) >>> 0;
  }
  return `link-${hash.toString(36)}`;
}
