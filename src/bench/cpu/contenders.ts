import * as tf from '@tensorflow/tfjs';
import { compileKernels, type Kernel } from '../../engine/kernels/wasmgen/kernel';
import { webAssembly } from '../../engine/kernels/wasmgen/webAssembly';
import type { Contender } from '../contender';
import { XNNPACK_BACKEND } from '../xnnpack/backend';
import type { CpuKernelCase } from './kernelCases';

const PAGE = 65536;
/** Buffers begin at multiples of a cache line, with one between them. */
const LINE = 64;

/** A generated kernel on one thread, in a memory of its own; `sizes` are the bytes of its buffers. */
export function kernelContender(kernel: Kernel, sizes: readonly number[]): Contender {
  let end = LINE;
  const offsets = sizes.map((bytes) => {
    const start = end;
    end += (Math.ceil(bytes / LINE) + 1) * LINE;
    return start;
  });
  const memory = new webAssembly.Memory({ initial: Math.ceil((end + kernel.scratchBytes) / PAGE) });
  new Float32Array(memory.buffer).fill(1 / 64);
  const run = compileKernels([kernel], memory);
  return {
    step: () => run(kernel, offsets, end, 0, kernel.units),
    finish: async () => undefined,
    dispose: () => undefined,
  };
}

/** The same on tfjs's WASM backend, which must be started; null where that has no kernel for it. */
export async function xnnpackContender({ onTfjs }: CpuKernelCase): Promise<Contender | null> {
  if (onTfjs === null) return null;
  await tf.setBackend(XNNPACK_BACKEND);
  const { run, dispose } = onTfjs();
  return {
    async enter() {
      await tf.setBackend(XNNPACK_BACKEND);
    },
    step: () => tf.tidy(run).dispose(),
    finish: async () => undefined,
    dispose,
  };
}
