import type { Contender } from '../contender';
import { type BenchClock, takeTurns } from '../turns';
import type { CpuContext } from './context';

/** Browsers compile WebAssembly twice; until then a step can take ten times as long. */
const WARM_UP_MS = 400;
const WARM_UP_STEPS = 15;

async function warmUp(contender: Contender, clock: BenchClock): Promise<void> {
  await contender.enter?.();
  const end = clock.wallMs() + WARM_UP_MS;
  for (let n = 0; n < WARM_UP_STEPS && clock.wallMs() < end; n++) {
    contender.step();
    await contender.finish();
  }
}

/** Milliseconds of a step of each contender: medians of turns, after a warm-up. */
export async function medianTurns<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  { clock, quick }: CpuContext,
): Promise<Record<Name, number>> {
  for (const contender of Object.values<Contender>(contenders)) await warmUp(contender, clock);
  const rounds = quick ? 3 : 15;
  const times = await takeTurns(contenders, clock, { rounds, budgetMs: quick ? 5000 : 40_000 });
  const medians = Object.entries<{ readonly medianMs: number }>(times).map(([name, { medianMs }]) => [name, medianMs]);
  return Object.fromEntries(medians) as Record<Name, number>;
}
