import type { EngineInfo } from '../domain/engineInfo';
import type { RecoveryCause } from '../domain/measurement';
import type { EngineChoice } from '../domain/runConfig';
import type { EngineError } from '../protocol/events';
import type { Breakdown, HostedEngine } from './hostedEngine';
import { type Loss, recoveryFrom } from './recoveryPolicy';

/** Losses that are remembered, more than the policy looks at. */
const REMEMBERED = 10;

const TITLES = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WASM' } as const;

const ADVICE = 'Choose a smaller batch, network or image size';

/** An engine that was started in place of a lost one. */
export interface Restarted {
  readonly engine: EngineInfo;
  readonly cause: RecoveryCause;
}

/** Starts engines in place of lost ones, and says what happened. */
export class Recovery {
  readonly #engine: HostedEngine;
  readonly #now: () => number;
  #losses: readonly Loss[] = [];

  /** @param now a clock, in milliseconds */
  constructor(engine: HostedEngine, now: () => number) {
    this.#engine = engine;
    this.#now = now;
  }

  /** Forgets earlier losses: the person has started the engine anew. */
  forget(): void {
    this.#losses = [];
  }

  /**
   * Starts the engine again that was lost, or another one as the policy says, or where it does not start any more.
   * @param step steps that the run had done
   * @returns null where there is none to go on with
   */
  async restart({ cause }: Breakdown, step: number): Promise<Restarted | null> {
    const before = this.#engine.info;
    if (before === null) return null;
    const loss: Loss = { cause, engine: before.engine, at: this.#now(), step };
    this.#losses = [...this.#losses.slice(1 - REMEMBERED), loss];
    const recovery = recoveryFrom(this.#losses);
    if (recovery === 'give up') return null;
    const choices: EngineChoice[] = recovery === 'same engine' ? [before.engine, 'wasm'] : ['wasm'];
    for (const choice of choices) {
      try {
        const started = await this.#engine.start(choice);
        if (started.engine === before.engine) return { engine: started, cause };
        const why = recovery === 'same engine' ? 'did not start again' : 'was lost again and again';
        const fallbackReason = `${TITLES[before.engine]} on ${before.description} ${why}`;
        return { engine: { ...started, fallbackReason }, cause: 'other-engine' };
      } catch {
        // The next one is tried.
      }
    }
    return null;
  }
}

function happened({ cause, message }: Breakdown, where: string): string {
  switch (cause) {
    case 'device-lost':
      return `The connection to the GPU was lost${where}`;
    case 'out-of-memory':
      return `Memory ran out${where}`;
    case 'gpu-error':
      return `The GPU reported an error${where}, so that all measurements since then are invalid (${message})`;
    default:
      return cause satisfies never;
  }
}

/**
 * What a person reads after a recovery.
 * @param steps how many the run had done, and the step that it goes on from; null where there was no run
 * @param notes what could not be had as it was before
 */
export function recoveryNotice(
  breakdown: Breakdown,
  { engine, cause }: Restarted,
  steps: { readonly lost: number; readonly from: number } | null,
  notes: readonly string[] = [],
): string {
  const what = happened(breakdown, steps === null ? '' : ` at step ${steps.lost.toLocaleString('en')}`);
  const then =
    steps === null ? 'the engine was started again' : `the run went on from step ${steps.from.toLocaleString('en')}`;
  const other = cause === 'other-engine' ? [`It is computed by ${TITLES[engine.engine]} from now on.`] : [];
  const advice = breakdown.cause === 'out-of-memory' ? [`${ADVICE} if it happens again.`] : [];
  return [`${what}; ${then}.`, ...other, ...advice, ...notes].join(' ');
}

/** The error where nothing is left to go on with. */
export function breakError({ cause, message }: Breakdown): EngineError {
  switch (cause) {
    case 'device-lost':
      return {
        code: 'device-lost',
        message: `The connection to the GPU was lost${message ? ` (${message})` : ''}. Restart the engine to train again; the data set is kept, the run starts over.`,
        recoverable: true,
      };
    case 'out-of-memory':
      return {
        code: 'out-of-memory',
        message: `Memory ran out (${message}). ${ADVICE}, then Reset.`,
        recoverable: true,
      };
    case 'gpu-error':
      return {
        code: 'internal',
        message: `The GPU reported an error, so all measurements since then are invalid: ${message}`,
        recoverable: true,
      };
    default:
      return cause satisfies never;
  }
}
