import { type WasmBackend, wasmBackend } from '../../engine/kernels/runtime/wasm/backend';
import { hasRelaxedSimd } from '../../engine/kernels/wasmgen/support';

/** How our engine computes a step on the processor. */
export interface Processor {
  /** Fused multiply-adds (relaxed SIMD). */
  readonly fma: boolean;
  readonly threads: number;
}

type Threads = { readonly threads?: number; activeThreads?: number };

/** The variants to measure on our backend, which must be the active one: with and without fused multiply-adds, on one thread and on two. */
export function variants(): Processor[] {
  const { threads: available = 1 } = wasmBackend() as WasmBackend & Threads;
  const counts = available >= 2 ? [1, 2] : [1];
  const forms = hasRelaxedSimd() ? [true, false] : [false];
  return counts.flatMap((threads) => forms.map((fma) => ({ fma, threads })));
}

/** Makes the active backend compute so from now on; what it has recorded keeps its kernels. */
export function setProcessor({ fma, threads }: Processor): void {
  const backend = wasmBackend() as WasmBackend & Threads;
  backend.variant = { fma };
  if (backend.threads !== undefined) backend.activeThreads = threads;
}
