import { type Spread, spreadOf } from '../../domain/diagnosis/spread';
import { METHODS } from '../../domain/methods/registry';
import type { RunConfig } from '../../domain/runConfig';
import type { CoursePoint } from '../../session/run/course';
import type { RunStoreState } from '../../session/run/runStore';
import { inWords } from '../numbers';

/** An output std below this share of an even spread is not called “apart”, even if it was as low at the start. */
const APART = 0.5;
/** A std rises or falls if the mean of its last steps differs by this factor from that of the first steps kept. */
const RISEN = 1.1;
const FALLEN = 0.95;
const MEAN_STEPS = 5;

/** The present numbers of a run, and what they say beside those of its start and of its last steps. */
export interface Reading {
  readonly loss: number;
  readonly std: number;
  /** 1/sqrt(d), the std of outputs spread evenly. */
  readonly even: number;
  /** The share of the early std that is left. */
  readonly share: number;
  readonly spread: Spread;
  /** Whether the outputs of different images are apart, as at the start and in absolute terms. */
  readonly isApart: boolean;
  readonly trend: 'rises' | 'falls' | 'holds';
  readonly firstLoss: number;
  /** Smallest loss; null where it is not known. */
  readonly leastLoss: number | null;
  readonly recent: readonly CoursePoint[];
}

/** The present numbers of a run; null before its first step, and where they are not finite. */
export function readingOf({ latest, course }: RunStoreState, config: RunConfig): Reading | null {
  const { loss, outputStd: std } = latest;
  if (course === null || loss === undefined || std === undefined) return null;
  if (!Number.isFinite(loss) || !Number.isFinite(std)) return null;
  const even = 1 / Math.sqrt(config.outputDim);
  const spread = spreadOf(std / even, course.earlyStd / even);
  return {
    loss,
    std,
    even,
    share: std / course.earlyStd,
    spread,
    isApart: spread === 'kept' && std >= APART * even,
    trend: trendOf(course.recent),
    firstLoss: course.firstLoss,
    leastLoss: METHODS[config.method].lossRange(config)?.[0] ?? null,
    recent: course.recent,
  };
}

function trendOf(recent: readonly CoursePoint[]): Reading['trend'] {
  if (recent.length < 2 * MEAN_STEPS) return 'holds';
  const mean = (points: readonly CoursePoint[]) =>
    points.reduce((sum, { outputStd }) => sum + outputStd, 0) / points.length;
  const [before, after] = [mean(recent.slice(0, MEAN_STEPS)), mean(recent.slice(-MEAN_STEPS))];
  if (after > before && after >= RISEN * before) return 'rises';
  return after <= FALLEN * before ? 'falls' : 'holds';
}

/** The share of the way from `from` to its minimum that the loss has come; null where the minimum is not known. */
export function shareOfFall({ loss, leastLoss }: Reading, from: number): number | null {
  return leastLoss === null ? null : (from - loss) / (from - leastLoss);
}

/** “std 0.0572 of 0.0625” */
export function stdWords({ std, even }: Reading): string {
  const decimals = even >= 0.1 ? 3 : 4;
  return `std ${inWords(std, decimals)} of ${inWords(even, decimals)}`;
}

/** “loss −0.874” */
export function lossWords({ loss }: Reading): string {
  return `loss ${inWords(loss, 3)}`;
}

/** “58 % of its early level” */
export function shareWords({ share }: Reading): string {
  return `${Math.round(100 * share)} % of its early level`;
}

/** Where the outputs of different images lie, without the numbers that show it. */
export function spreadWords({ spread, isApart }: Reading): string {
  switch (spread) {
    case 'kept':
      return isApart ? 'Different images stay apart' : 'Different images are as near each other as at first';
    case 'narrowed':
      return 'Different images have come closer';
    case 'below half':
      return 'Different images lie close together';
    case 'constant':
      return 'Every image has nearly the same output';
    default:
      return spread satisfies never;
  }
}
