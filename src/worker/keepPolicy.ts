import type { KeptFor, PointedStep } from '../storage/runPointer';

/** A training run is written this often, so that a crash loses no more. */
const LATEST_MS = 30_000;
/** The first checkpoint follows soon, so that a run that is only minutes old is there again, too. */
const FIRST_MS = 5000;
/** On a fast machine a run is written after so many steps already. */
const STEPS = 500;
/** Writing after `STEPS` takes at most one in so many milliseconds, which is 2 % of the time. */
const REST = 50;
/** The first power of two from which on a checkpoint is kept for each. */
const FIRST_POWER = 64;

/** How long ago a checkpoint was taken, and the milliseconds for which that kept the run from training. */
export interface SinceLast {
  readonly ms: number;
  readonly steps: number;
  readonly costMs: number;
  /** Whether the run has no checkpoint yet. */
  readonly isFirst: boolean;
}

/** Whether a training run is to be written. */
export function isWriteDue({ ms, steps, costMs, isFirst }: SinceLast): boolean {
  return ms >= (isFirst ? FIRST_MS : LATEST_MS) || (steps >= STEPS && isRested({ ms, costMs }));
}

/** Whether so much time has passed that one more write stays within 2 % of the time. */
export function isRested({ ms, costMs }: Pick<SinceLast, 'ms' | 'costMs'>): boolean {
  return ms >= REST * costMs;
}

/** The checkpoints of a run in the storage. */
export interface KeptSteps {
  /** By rising steps. */
  readonly steps: readonly PointedStep[];
  /** The step of the one that the run goes on from; null before the first. */
  readonly last: number | null;
}

export const NONE_KEPT: KeptSteps = { steps: [], last: null };

/** Which checkpoints a run has after a write, and which are deleted with it. */
export interface WritePlan {
  readonly kept: KeptSteps & { readonly last: number };
  readonly drops: readonly number[];
  /** Bytes of the checkpoints along the way that the budget leaves no room for. */
  readonly leftOut: number;
}

/**
 * Plans the write of a checkpoint, which becomes the run's last. The one before it is deleted, unless it is kept for something. Where the
 * budget is exceeded, checkpoints along the way are deleted, the first powers of two first; the last one and those of forks stay.
 * @param room bytes that the checkpoints of this run may take
 */
export function planWrite({ steps, last }: KeptSteps, written: PointedStep, room: number): WritePlan {
  const before = steps.filter(({ step }) => step !== written.step);
  const isNeedless = ({ step, keptFor }: PointedStep) => step === last && keptFor.length === 0;
  const isFirstOfPower =
    written.step >= FIRST_POWER &&
    !before.some(({ step, keptFor }) => keptFor.includes('power') && powerOf(step) === powerOf(written.step));
  const keptFor: readonly KeptFor[] = isFirstOfPower ? [...written.keptFor, 'power'] : written.keptFor;
  const wanted = [...before.filter((entry) => !isNeedless(entry)), { ...written, keptFor }];
  const leftOut = surplus(wanted, written.step, room);
  const kept = wanted.filter((entry) => !leftOut.includes(entry)).sort((a, b) => a.step - b.step);
  return {
    kept: { steps: kept, last: written.step },
    drops: before.filter((entry) => !kept.includes(entry)).map(({ step }) => step),
    leftOut: bytesIn(leftOut),
  };
}

/** The checkpoints along the way that there is no room for. */
function surplus(wanted: readonly PointedStep[], last: number, room: number): readonly PointedStep[] {
  const left: PointedStep[] = [];
  const isAlongTheWay = ({ step, keptFor }: PointedStep) => step !== last && !keptFor.includes('fork');
  const value = ({ keptFor }: PointedStep) => (keptFor.includes('change') ? 1 : 0);
  const spare = wanted.filter(isAlongTheWay).sort((a, b) => value(a) - value(b) || a.step - b.step);
  for (const entry of spare) {
    if (bytesIn(wanted) - bytesIn(left) <= room) break;
    left.push(entry);
  }
  return left;
}

const powerOf = (step: number) => Math.floor(Math.log2(step));

export function bytesIn(steps: readonly PointedStep[]): number {
  return steps.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Checkpoints with further reasons to keep one of them. */
export function withReasons(
  steps: readonly PointedStep[],
  step: number,
  reasons: readonly KeptFor[],
): readonly PointedStep[] {
  return steps.map((entry) =>
    entry.step === step ? { ...entry, keptFor: [...new Set([...entry.keptFor, ...reasons])] } : entry,
  );
}
