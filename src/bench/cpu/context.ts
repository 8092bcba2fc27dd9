import type { ThreadHost } from '../../engine/kernels/runtime/wasm/threads/crew';
import type { BenchContext } from '../context';

/** What the measurements of the processor work with; they need no GPU. */
export type CpuContext = Pick<BenchContext, 'clock' | 'quick' | 'progress' | 'note'> & {
  readonly threadHost?: ThreadHost | undefined;
};
