import { type ConfigPath, setConfigValue } from '../configPath';
import { SERIES_NAMES } from '../measurement';
import { presetConfig } from '../presets';
import type { Leaf } from '../settings/setting';
import { z } from '../zod';

/** What a person can do on the page, each with what a lesson says while it waits for it. */
export const LESSON_ACTIONS = {
  trained: 'the run trains',
  paused: 'the run is paused',
  startedOver: 'the run is at step 0',
  replayed: 'an earlier step is shown',
  comparedFigure2: 'both runs of Figure 2 are shown',
  shownZ: 'z is shown',
  shownP: 'p is shown',
  shownFeatures: 'the features are shown',
  ownImages: 'your own images are loaded',
  openedTrain: 'Train is open',
  openedExplore: 'Explore is open',
  openedCompare: 'Compare is open',
} as const;
export type LessonAction = keyof typeof LESSON_ACTIONS;
export const LESSON_ACTION_NAMES = Object.keys(LESSON_ACTIONS) as [LessonAction, ...LessonAction[]];

/** What a measurement can be waited for: the series of a run, its step, and the steps taken since the lesson's step was shown. */
export const LESSON_SIGNALS = [...SERIES_NAMES, 'step', 'stepsHere'] as const;
export type LessonSignal = (typeof LESSON_SIGNALS)[number];

const leaf = z.union([z.string().max(40), z.number(), z.boolean()]);

/** Whether the page has such a setting, and the value fits it. */
function isSettable(path: ConfigPath, value: Leaf): boolean {
  try {
    setConfigValue(presetConfig('tiny'), path, value);
    return true;
  } catch {
    return false;
  }
}

/**
 * What a step of a lesson waits for: something that is done, a setting of the run, or a measurement beyond a limit. `timesRoot` compares
 * √d times the signal: `outputStd < 0.2 / √d` is `{ signal: 'outputStd', below: 0.2, timesRoot: true }`.
 */
export const conditionSchema = z.union([
  z.strictObject({ did: z.enum(LESSON_ACTION_NAMES) }),
  z
    .strictObject({ set: z.string().max(60), to: leaf })
    .refine(({ set, to }) => isSettable(set, to), { message: 'names no setting, or a value that it does not take' }),
  z
    .strictObject({
      signal: z.enum(LESSON_SIGNALS),
      below: z.number().optional(),
      above: z.number().optional(),
      timesRoot: z.literal(true).optional(),
    })
    .refine(({ below, above }) => (below === undefined) !== (above === undefined), {
      message: 'a measurement has one limit, “below” or “above”',
    }),
]);
export type LessonCondition = z.infer<typeof conditionSchema>;
export type MeasuredCondition = Extract<LessonCondition, { signal: string }>;

/** What the conditions of a step are compared with: the page as it is now. */
export interface LessonReading {
  readonly did: Readonly<Record<LessonAction, boolean>>;
  /** The settings of the run, with its changes in flight, by path; empty while there is no run. */
  readonly settings: ReadonlyMap<ConfigPath, Leaf>;
  /** The last value of each signal. */
  readonly values: Readonly<Partial<Record<LessonSignal, number>>>;
  /** √d of the run. */
  readonly root: number;
}

/** The limit of a measurement in the signal's own unit. */
export function limitOf({ below, above, timesRoot }: MeasuredCondition, root: number): number {
  const limit = below ?? above ?? 0;
  return timesRoot === true ? limit / root : limit;
}

/** Whether a condition holds now; one on a value that was not measured does not. */
export function isMet(condition: LessonCondition, reading: LessonReading): boolean {
  if ('did' in condition) return reading.did[condition.did];
  if ('set' in condition) return reading.settings.get(condition.set) === condition.to;
  const value = reading.values[condition.signal];
  if (value === undefined || !Number.isFinite(value)) return false;
  const limit = limitOf(condition, reading.root);
  return condition.below === undefined ? value > limit : value < limit;
}

/** Whether a step ends as soon as it is done: it waits for something that a person does, and for no measurement. */
export function isDoing(wait: readonly LessonCondition[]): boolean {
  return wait.length > 0 && wait.every((condition) => !('signal' in condition));
}
