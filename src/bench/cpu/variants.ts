import { wasmBackend } from '../../engine/kernels/runtime/wasm/backend';
import { hasRelaxedSimd } from '../../engine/kernels/wasmgen/support';

/** How our engine computes a step on the processor. */
export interface Processor {
  /** Fused multiply-adds (relaxed SIMD). */
  readonly fma: boolean;
  readonly threads: number;
}

/** The variants to measure on our backend, which must be the active one: with and without fused multiply-adds, on one thread and on two. */
export function variants(): Processor[] {
  const counts = wasmBackend().threads >= 2 ? [1, 2] : [1];
  const forms = hasRelaxedSimd() ? [true, false] : [false];
  return counts.flatMap((threads) => forms.map((fma) => ({ fma, threads })));
}

/** Sets how the active backend computes from now on; steps that it has recorded keep their kernels. */
export function setProcessor({ fma, threads }: Processor): void {
  const backend = wasmBackend();
  backend.variant = { fma };
  backend.activeThreads = threads;
}
