import * as tf from '@tensorflow/tfjs';
import { defineProgram, runProgram } from '../kernels/program';
import { RecordedKernel } from './recordedKernel';
import { type BenchClock, takeTurns } from './turns';

/** What no kernel on this adapter can beat: multiply-adds on registers alone, and copying from one buffer to another. */
export interface Peak {
  readonly gflops: number;
  readonly gbPerSecond: number;
}

const THREADS = 1 << 17;
const COPY_BYTES = 64 * 1024 * 1024;
const ENOUGH_MS = 20;
const BUDGET_MS = 3000;

/** Chains of multiply-adds that do not wait for each other hide a unit's latency; how many it takes differs. */
const CHAINS = [4, 8];
const FORMS = { product: (v: string) => `${v} * factor + factor`, fused: (v: string) => `fma(${v}, factor, factor)` };

function multiplyAdds(chains: number, form: keyof typeof FORMS) {
  const names = Array.from({ length: chains }, (_, i) => `v${i}`);
  return defineProgram({
    name: `multiplyAdds${chains}${form}`,
    inputs: {},
    outputs: { out: 'vec4<f32>' },
    uniforms: { steps: 'i32', factor: 'f32' },
    workgroupSize: [64, 1, 1],
    entry: 'threads',
    code: `
fn run(index : i32) {
  let factor = vec4<f32>(uniforms.factor);
${names.map((v, i) => `  var ${v} = vec4<f32>(f32(index + ${i}));`).join('\n')}
  for (var i = 0; i < uniforms.steps; i++) {
${names.map((v) => `    ${v} = ${FORMS[form](v)};`).join('\n')}
  }
  out[index] = ${names.join(' + ')};
}`,
  });
}

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
      const program = multiplyAdds(chains, form);
      // A fast device needs more work than a slow one to show its speed.
      for (let steps = 8; ; steps *= 8) {
        const kernel = new RecordedKernel(
          () =>
            runProgram(program, {
              inputs: {},
              outputs: { out: [THREADS, 4] },
              uniforms: { steps, factor: 0.999 },
              size: THREADS,
            }).out,
        );
        const { time } = await takeTurns({ time: kernel }, clock, { rounds, budgetMs: BUDGET_MS });
        kernel.dispose();
        best = Math.max(best, (2 * 4 * chains * THREADS * steps) / time.wallMs / 1e6);
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
