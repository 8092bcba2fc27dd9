import * as tf from '@tensorflow/tfjs';
import { multiplyAdds } from '../engine/backend/multiplyAdds';
import { defineProgram, runProgram } from '../engine/kernels/runtime/program';
import { RecordedKernel } from './recordedKernel';
import { type BenchClock, takeTurns } from './turns';

/** Upper limits for all kernels on this adapter: multiply-adds on registers alone, and copying from one buffer to another. */
export interface Peak {
  readonly gflops: number;
  readonly gbPerSecond: number;
}

const THREADS = 1 << 17;
const COPY_BYTES = 64 * 1024 * 1024;
const ENOUGH_MS = 20;
const BUDGET_MS = 3000;

const CHAINS = [4, 8];

const copy = defineProgram({
  name: 'copyVectors',
  inputs: { x: 'vec4<f32>' },
  outputs: { y: 'vec4<f32>' },
  uniforms: {},
  workgroupSize: [64, 1, 1],
  entry: 'threads',
  code: `fn run(index : i32) { y[index] = x[index]; }`,
});

async function multiplyAddPeak(clock: BenchClock, rounds: number): Promise<number> {
  let best = 0;
  for (const chains of CHAINS) {
    for (const form of ['product', 'fused'] as const) {
      const { run, flop } = multiplyAdds({ chains, form }, THREADS);
      // A fast device needs more work than a slow one to show its speed.
      for (let steps = 8; ; steps *= 8) {
        const kernel = new RecordedKernel(() => run(steps));
        const { time } = await takeTurns({ time: kernel }, clock, { rounds, budgetMs: BUDGET_MS });
        kernel.dispose();
        best = Math.max(best, flop(steps) / time.wallMs / 1e6);
        if (time.wallMs > ENOUGH_MS) break;
      }
    }
  }
  return best;
}

async function copyBandwidth(clock: BenchClock, rounds: number): Promise<number> {
  const vectors = COPY_BYTES / 16;
  const x = tf.ones([vectors, 4]);
  const kernel = new RecordedKernel(
    () => runProgram(copy, { inputs: { x }, outputs: { y: [vectors, 4] }, uniforms: {}, size: vectors }).y,
  );
  const { time } = await takeTurns({ time: kernel }, clock, { rounds, budgetMs: BUDGET_MS });
  kernel.dispose();
  x.dispose();
  return (2 * COPY_BYTES) / time.wallMs / 1e6;
}

export async function measurePeak(clock: BenchClock, rounds: number): Promise<Peak> {
  return { gflops: await multiplyAddPeak(clock, rounds), gbPerSecond: await copyBandwidth(clock, rounds) };
}
