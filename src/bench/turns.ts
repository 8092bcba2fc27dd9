import type { StepTime } from '../domain/benchmark';
import type { Contender } from './contender';

/** Wall time in milliseconds, and processor time of all threads of the process (null where it is not known). */
export interface BenchClock {
  wallMs(): number;
  processorMs(): number | null;
}

/** A shorter turn would be mostly the round trip to the device, so a turn makes several steps to take this long. */
const TURN_MS = 100;
const MAX_STEPS_PER_TURN = 200;

type Turn = Omit<StepTime, 'medianMs'>;

async function turn(contender: Contender, clock: BenchClock, steps: number): Promise<Turn> {
  await contender.enter?.();
  const processor = clock.processorMs();
  const started = clock.wallMs();
  let scriptMs = 0;
  for (let n = 0; n < steps; n++) {
    const before = clock.wallMs();
    contender.step();
    scriptMs += clock.wallMs() - before;
  }
  await contender.finish();
  const wallMs = (clock.wallMs() - started) / steps;
  const processorAfter = clock.processorMs();
  return {
    wallMs,
    processorMs: processor === null || processorAfter === null ? null : (processorAfter - processor) / steps,
    scriptMs: scriptMs / steps,
  };
}

function best(a: Turn, b: Turn): Turn {
  return {
    wallMs: Math.min(a.wallMs, b.wallMs),
    processorMs: a.processorMs === null || b.processorMs === null ? null : Math.min(a.processorMs, b.processorMs),
    scriptMs: Math.min(a.scriptMs, b.scriptMs),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/**
 * Times contenders in turns, so that other load on the machine affects all of them. The first step of each compiles and is left out.
 * @param rounds the most turns of each; fewer, but at least one, when all together would take longer than `budgetMs`
 * @returns milliseconds per step: the best of all turns, separately for wall, processor and JavaScript time; and the median of the wall times
 */
export async function takeTurns<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  clock: BenchClock,
  { rounds, budgetMs }: { readonly rounds: number; readonly budgetMs: number },
): Promise<Record<Name, StepTime>> {
  const names = Object.keys(contenders) as Name[];
  const bests = {} as Record<Name, Turn>;
  const wallTimes = {} as Record<Name, number[]>;
  const steps = {} as Record<Name, number>;
  for (const name of names) {
    await turn(contenders[name], clock, 1);
    bests[name] = await turn(contenders[name], clock, 1);
    const { wallMs } = bests[name];
    steps[name] = Math.min(MAX_STEPS_PER_TURN, Math.max(1, Math.ceil(TURN_MS / wallMs)));
    wallTimes[name] = steps[name] === 1 ? [wallMs] : [];
  }
  const roundMs = names.reduce((sum, name) => sum + bests[name].wallMs * steps[name], 0);
  const affordable = Math.max(1, Math.min(rounds, Math.floor(budgetMs / roundMs)));
  for (let round = 0; round < affordable; round++) {
    for (const name of names) {
      // Single steps were timed above.
      if (round === 0 && steps[name] === 1) continue;
      const timed = await turn(contenders[name], clock, steps[name]);
      bests[name] = best(bests[name], timed);
      wallTimes[name].push(timed.wallMs);
    }
  }
  const entries = names.map((name) => [name, { ...bests[name], medianMs: median(wallTimes[name]) }]);
  return Object.fromEntries(entries) as Record<Name, StepTime>;
}
