import type * as tf from '@tensorflow/tfjs';
import { defineProgram, runProgram } from './program';

/** Threads of a workgroup that computes one sum. */
export const REDUCTION_THREADS = 64;

/**
 * WGSL `fn total(value : T, thread : i32) -> T`: the sum over the threads of a workgroup, the same in all of them and added in the same
 * order every time. All threads of the workgroup must call it, since it contains barriers.
 */
export function totalCode(type: 'f32' | 'vec4<f32>'): string {
  return `
var<workgroup> parts : array<${type}, ${REDUCTION_THREADS}>;
fn total(value : ${type}, thread : i32) -> ${type} {
  parts[thread] = value;
  for (var half = ${REDUCTION_THREADS / 2}; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread < half) { parts[thread] += parts[thread + half]; }
  }
  workgroupBarrier();
  return parts[0];
}`;
}

const meanProgram = defineProgram({
  name: 'scaledMean',
  inputs: { values: 'f32' },
  outputs: { mean: 'f32' },
  uniforms: { count: 'i32', factor: 'f32' },
  workgroupSize: [REDUCTION_THREADS, 1, 1],
  entry: 'workgroups',
  code: `${totalCode('f32')}
fn run(group : vec3<u32>, local : vec3<u32>) {
  let thread = i32(local.x);
  var sum = 0.0;
  for (var i = thread; i < uniforms.count; i += ${REDUCTION_THREADS}) { sum += values[i]; }
  let all = total(sum, thread);
  if (thread == 0) { mean[0] = uniforms.factor * all / f32(uniforms.count); }
}`,
});

/** `factor` times the mean of a few thousand values at most, as a scalar; only where `isWebGpu()`. */
export function scaledMean(values: tf.Tensor, factor: number): tf.Scalar {
  const uniforms = { count: values.size, factor };
  return runProgram(meanProgram, { inputs: { values }, outputs: { mean: [] }, uniforms, size: [1, 1, 1] })
    .mean as tf.Scalar;
}
