import type * as tf from '@tensorflow/tfjs';
import { defineProgram, runProgram } from '../kernels/runtime/program';

/** How the shader writes a multiplication and an addition: as two operations or as one. */
const FORMS = { product: (v: string) => `${v} * factor + factor`, fused: (v: string) => `fma(${v}, factor, factor)` };

/** Independent chains of multiply-adds hide the latency of an arithmetic unit; the best number of chains and form depend on the device. */
export interface MultiplyAddChains {
  readonly chains: number;
  readonly form: keyof typeof FORMS;
}

/** A program of multiply-adds on registers alone, whose rate no kernel on the device can exceed. Only where `isWebGpu()`. */
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
    /** Floating-point operations of `rounds` rounds; a multiply-add counts as two. */
    flop: (rounds: number): number => 2 * 4 * chains * threads * rounds,
  };
}
