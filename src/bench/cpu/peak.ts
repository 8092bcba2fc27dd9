import { f32x4, v128 } from '../../engine/kernels/wasmgen/assembler';
import { defineKernel, type Kernel, type Variant } from '../../engine/kernels/wasmgen/kernel';
import { multiplyAdd } from '../../engine/kernels/wasmgen/lanes';

/** Independent chains: enough to hide the latency of a multiplication and an addition. */
const CHAINS = 12;
const ROUNDS = 50_000;
/** Multiply-adds of each chain in a round. */
const UNROLLED = 4;

export const PEAK_FLOP = ROUNDS * UNROLLED * CHAINS * 8;
export const PEAK_BYTES = 128;

/** Multiply-adds on registers alone, whose rate no kernel on one thread can exceed; one buffer of `PEAK_BYTES`. */
export function peakKernel(variant: Variant): Kernel {
  return defineKernel({
    name: `peak${variant.fma ? '-fma' : ''}`,
    buffers: ['at'],
    units: ROUNDS,
    write(f, { at, from, to }) {
      const factor = f.let(v128.load(at));
      const sums = Array.from({ length: CHAINS }, () => f.let(v128.load(at)));
      f.upTo(from, to, 1, () => {
        for (let i = 0; i < UNROLLED; i++) {
          for (const sum of sums) f.set(sum, multiplyAdd(variant, sum, factor, factor));
        }
      });
      const total = sums.reduce((a, b) => f.let(f32x4.add(a, b)));
      f.emit(v128.store(at, total, 64));
    },
  });
}
