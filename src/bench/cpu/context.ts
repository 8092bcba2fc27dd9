import type { BenchContext } from '../context';

/** What the measurements of the processor work with; they need no GPU. */
export type CpuContext = Pick<BenchContext, 'clock' | 'quick' | 'progress' | 'note'>;
