import type * as tf from '@tensorflow/tfjs';
import { defineProgram, runProgram } from '../kernels/runtime/program';

/** A multiplication and an addition, as the shader writes them: as two operations or as one. */
const FORMS = { product: (v: string) => `${v} * factor + factor`, fused: (v: string) => `fma(${v}, factor, factor)` };

/** Chains of multiply-adds that do not wait for each other hide a unit's latency; how many it takes, and in which form, differs. */
export interface MultiplyAddChains {
  readonly chains: number;
  readonly form: keyof typeof FORMS;
}

/** Multiply-adds on registers alone: what no kernel on the device can beat. Where `isWebGpu()`; returns a function of how many. */
export function multiplyAdds({ chains, form }: MultiplyAddChains, threads: number) {
  const names = Array.from({ length: chains }, (_, i) => `v${i}`);
  const program = defineProgram({
    name: `multiplyAdds${chains}${form}`,
    inputs: {},
    outputs: { out: 'vec4<f32>' },
    uniforms: { rounds: 'i32', factor: 'f32' },
    workgroupSize: [64, 1, 1],
    entry: 'threads',
    code: `
fn run(index : i32) {
  let factor = vec4<f32>(uniforms.factor);
${names.map((v, i) => `  var ${v} = vec4<f32>(f32(index + ${i}));`).join('\n')}
  for (var i = 0; i < uniforms.rounds; i++) {
${names.map((v) => `    ${v} = ${FORMS[form](v)};`).join('\n')}
  }
  out[index] = ${names.join(' + ')};
}`,
  });
  return {
    run: (rounds: number): tf.Tensor =>
      runProgram(program, {
        inputs: {},
        outputs: { out: [threads, 4] },
        uniforms: { rounds, factor: 0.999 },
        size: threads,
      }).out,
    /** Multiplications and additions of so many rounds, counted apart. */
    flop: (rounds: number): number => 2 * 4 * chains * threads * rounds,
  };
}
