import type { Measurement } from '../../domain/measurement';

/** The first steps of a run, whose largest output std is its early level, as in the diagnosis. */
export const EARLY_STEPS = 10;
/** The number of last steps that are kept. */
export const RECENT_STEPS = 25;

/** The loss and the output std of one step. */
export interface CoursePoint {
  readonly loss: number;
  readonly outputStd: number;
}

/** What the present loss and std of a run are compared with: its first steps and its last ones. */
export interface RunCourse {
  readonly firstLoss: number;
  /** The largest output std of the first `EARLY_STEPS` steps. */
  readonly earlyStd: number;
  /** The last `RECENT_STEPS` steps, oldest first. */
  readonly recent: readonly CoursePoint[];
}

/** The course of a run after one more measurement; unchanged by a measurement without loss and std. Null before the first. */
export function continued(
  course: RunCourse | null,
  { step, loss, outputStd }: Pick<Measurement, 'step' | 'loss' | 'outputStd'>,
): RunCourse | null {
  if (loss === undefined || outputStd === undefined) return course;
  const point = { loss, outputStd };
  if (course === null) return { firstLoss: loss, earlyStd: outputStd, recent: [point] };
  const { firstLoss, earlyStd, recent } = course;
  return {
    firstLoss,
    earlyStd: step <= EARLY_STEPS ? Math.max(earlyStd, outputStd) : earlyStd,
    recent: [...recent.slice(1 - RECENT_STEPS), point],
  };
}
