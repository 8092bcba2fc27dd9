import * as tf from '@tensorflow/tfjs';
import { defineProgram, isWebGpu, runProgram } from './program';

export interface SgdRates {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** A dispatch a parameter where tfjs's element-wise ops take five, and no buffer but those of weight and velocity. */
const PROGRAM = defineProgram({
  name: 'sgdMomentum',
  inputs: { gradient: 'f32' },
  outputs: { weight: 'f32', velocity: 'f32' },
  uniforms: { learningRate: 'f32', momentum: 'f32', weightDecay: 'f32' },
  workgroupSize: [64, 1, 1],
  entry: 'threads',
  code: `
fn run(index : i32) {
  let w = weight[index];
  let v = uniforms.momentum * velocity[index] + (gradient[index] + uniforms.weightDecay * w);
  velocity[index] = v;
  weight[index] = w - uniforms.learningRate * v;
}`,
});

/**
 * v = momentum v + (gradient + weightDecay w); w = w - learningRate v. On WebGPU weight and velocity are overwritten where they lie,
 * and so is all that shares their data; returns the velocity to keep, which is a new tensor elsewhere.
 */
export function sgdUpdate(weight: tf.Variable, velocity: tf.Tensor, gradient: tf.Tensor, rates: SgdRates): tf.Tensor {
  if (!isWebGpu()) return plainSgdUpdate(weight, velocity, gradient, rates);
  const uniforms = { ...rates };
  runProgram(PROGRAM, { inputs: { gradient }, outputs: { weight, velocity }, uniforms, size: weight.size });
  return velocity;
}

/** The same in plain tfjs ops; disposes the velocity it replaces. */
export function plainSgdUpdate(
  weight: tf.Variable,
  velocity: tf.Tensor,
  gradient: tf.Tensor,
  { learningRate, momentum, weightDecay }: SgdRates,
): tf.Tensor {
  const next = tf.tidy(() => {
    const v = tf.add(tf.mul(velocity, momentum), tf.add(gradient, tf.mul(weight, weightDecay)));
    weight.assign(tf.sub(weight, tf.mul(v, learningRate)));
    return tf.keep(v);
  });
  velocity.dispose();
  return next;
}
