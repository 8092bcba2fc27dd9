import { z } from '../zod';
import { conditionSchema } from './conditions';
import { isTarget } from './targets';

/** Limits of a lesson's size, since it may arrive in a link. */
export const LESSON_LIMITS = {
  title: 60,
  summary: 140,
  sentence: 220,
  choice: 80,
  choices: 4,
  steps: 40,
  conditions: 4,
} as const;

const { title, summary, sentence, choice, choices, steps, conditions } = LESSON_LIMITS;
const words = (longest: number) => z.string().trim().min(1).max(longest);

/** A guess at the question that the step's sentence asks, made before anything is shown; the answer follows when the step's wait is over. */
const questionSchema = z
  .strictObject({
    choices: z.array(words(choice)).min(2).max(choices),
    /** Position of the right choice. */
    answer: z.int().min(0),
    /** The reason, after the guess. */
    because: words(sentence),
    /** What to do after the guess, where the step waits for something. */
    task: words(sentence).optional(),
  })
  .refine((question) => question.answer < question.choices.length, { message: 'the answer is none of the choices' });

/** A step: one sentence, what it points at, and what it waits for; an empty wait is over at once. */
const stepSchema = z.strictObject({
  text: words(sentence),
  target: z.string().refine(isTarget, { message: 'names nothing that is on the page' }),
  wait: z.array(conditionSchema).max(conditions).default([]),
  question: questionSchema.optional(),
});

/** A lesson as data. All its text is shown as text, never as markup. */
export const lessonSchema = z.strictObject({
  /** Unique; the key of a person's progress. */
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  title: words(title),
  /** What one learns, in a sentence. */
  summary: z.string().trim().max(summary).default(''),
  /** How long it takes without a GPU. */
  minutes: z.int().min(1).max(90),
  /** The settings that it opens with, as the hash of a link without `#`; empty: the page's as they are. */
  settings: z.string().max(2000).default(''),
  /** Whether controls that no step points at are hidden. */
  hides: z.boolean().default(false),
  steps: z.array(stepSchema).min(1).max(steps),
});
export type Lesson = z.infer<typeof lessonSchema>;
export type LessonStep = Lesson['steps'][number];
export type LessonQuestion = NonNullable<LessonStep['question']>;

/** A lesson as it is written: defaults may be left out. @throws ZodError naming what is wrong. */
export function describeLesson(lesson: z.input<typeof lessonSchema>): Lesson {
  return lessonSchema.parse(lesson);
}
