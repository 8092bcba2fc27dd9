import type { EngineInfo } from '../domain/engineInfo';
import type { RecoveryCause } from '../domain/measurement';
import type { EngineError } from '../protocol/events';
import type { Breakdown } from './hostedEngine';

/** What a person reads when an engine was lost. */

export const ENGINE_TITLES = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WASM' } as const;

const ADVICE = 'Choose a smaller batch, network or image size';

/** An engine that was started in place of a lost one. */
export interface Restarted {
  readonly engine: EngineInfo;
  readonly cause: RecoveryCause;
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
  const other = cause === 'other-engine' ? [`It is computed by ${ENGINE_TITLES[engine.engine]} from now on.`] : [];
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
