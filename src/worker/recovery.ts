import type { EngineChoice } from '../domain/runConfig';
import type { Breakdown, HostedEngine } from './hostedEngine';
import { type Loss, recoveryFrom } from './recoveryPolicy';
import { breakError, ENGINE_TITLES, type Restarted, recoveryNotice } from './recoveryWords';
import type { Post } from './runSignals';
import type { Runs } from './runs';

/** Losses that are remembered, more than the policy looks at. */
const REMEMBERED = 10;

export interface RecoveryParts {
  readonly engine: HostedEngine;
  readonly runs: Runs;
  readonly post: Post;
  /** A clock in milliseconds. */
  readonly now: () => number;
}

/** Starts engines in place of lost ones, and has the run go on. */
export class Recovery {
  readonly #parts: RecoveryParts;
  #losses: readonly Loss[] = [];
  #isUnderWay = false;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
  }

  /** While it is, a further loss is part of it. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Forgets earlier losses: the person has started the engine anew. */
  forget(): void {
    this.#losses = [];
  }

  /** Starts an engine again and goes on with the run, until this succeeds or no engine is left. */
  async recover(first: Breakdown): Promise<void> {
    this.#isUnderWay = true;
    try {
      const { engine, runs } = this.#parts;
      const lost = await runs.leave();
      let breakdown: Breakdown | null = first;
      let step = lost?.step ?? 0;
      while (breakdown !== null) {
        const restarted = await this.#restart(breakdown, step);
        if (restarted === null) {
          runs.fail(breakError(breakdown));
          return;
        }
        if (lost === null) this.#announce(restarted, recoveryNotice(first, restarted, null));
        else await Promise.race([engine.broken, this.#goOn(restarted, first, lost.step)]);
        breakdown = engine.isBroken ? await engine.broken : null;
        step = runs.checkpointStep;
      }
    } finally {
      this.#isUnderWay = false;
    }
  }

  async #goOn(restarted: Restarted, breakdown: Breakdown, lost: number): Promise<void> {
    const resumed = await this.#parts.runs.goOn(restarted);
    if (resumed === null) return;
    const { from, notes } = resumed;
    this.#announce(restarted, recoveryNotice(breakdown, restarted, { lost, from }, notes));
  }

  #announce({ engine }: Restarted, notice: string): void {
    this.#parts.post({ type: 'engine', adapter: engine, notice });
  }

  /**
   * Starts the engine again that was lost, or another one as the policy says, or where it does not start any more.
   * @param step steps that the run had done
   * @returns null where there is none to go on with
   */
  async #restart({ cause }: Breakdown, step: number): Promise<Restarted | null> {
    const { engine, now } = this.#parts;
    const before = engine.info;
    if (before === null) return null;
    const loss: Loss = { cause, engine: before.engine, at: now(), step };
    this.#losses = [...this.#losses.slice(1 - REMEMBERED), loss];
    const recovery = recoveryFrom(this.#losses);
    if (recovery === 'give up') return null;
    const choices: EngineChoice[] = recovery === 'same engine' ? [before.engine, 'wasm'] : ['wasm'];
    for (const choice of choices) {
      try {
        const started = await engine.start(choice);
        if (started.engine === before.engine) return { engine: started, cause };
        const why = recovery === 'same engine' ? 'did not start again' : 'was lost again and again';
        const fallbackReason = `${ENGINE_TITLES[before.engine]} on ${before.description} ${why}`;
        return { engine: { ...started, fallbackReason }, cause: 'other-engine' };
      } catch {
        // The next one is tried.
      }
    }
    return null;
  }
}
