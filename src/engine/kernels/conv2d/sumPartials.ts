import * as tf from '@tensorflow/tfjs';
import { defineProgram, runProgram } from '../runtime/program';

const sumProgram = defineProgram({
  name: 'conv2d sum of parts',
  inputs: { partial: 'f32' },
  outputs: { sum: 'f32' },
  uniforms: { parts: 'i32' },
  workgroupSize: [64, 1, 1],
  entry: 'threads',
  code: `
fn run(index : i32) {
  var total = 0.0;
  for (var part = 0; part < uniforms.parts; part++) { total += partial[part * uniforms.threads + index]; }
  sum[index] = total;
}`,
});

/** Adds the parts of a split sum, [parts, ...shape], in their order, so that the result is the same every time; disposes them. */
export function sumPartials(partial: tf.Tensor, shape: [number, number, number, number]): tf.Tensor4D {
  const size = shape.reduce((a, b) => a * b);
  const parts = partial.size / size;
  if (parts === 1) {
    const only = tf.reshape<tf.Rank.R4>(partial, shape);
    partial.dispose();
    return only;
  }
  const { sum } = runProgram(sumProgram, { inputs: { partial }, outputs: { sum: shape }, uniforms: { parts }, size });
  partial.dispose();
  return sum as tf.Tensor4D;
}
