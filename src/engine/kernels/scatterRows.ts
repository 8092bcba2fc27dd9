import * as tf from '@tensorflow/tfjs';
import { defineOp } from './runtime/op';
import { defineProgram, runProgram } from './runtime/program';
import { scatterRowsOnWasm } from './wasm/updates';

const PROGRAM = defineProgram({
  name: 'scatterRows',
  inputs: { indices: 'i32', rows: 'f32' },
  outputs: { destination: 'f32' },
  uniforms: { width: 'i32' },
  workgroupSize: [64, 1, 1],
  entry: 'threads',
  code: `
fn run(index : i32) {
  let row = index / uniforms.width;
  destination[indices[row] * uniforms.width + index - row * uniforms.width] = rows[index];
}`,
});

function scatterOnGpu(target: tf.Variable<tf.Rank.R2>, indices: tf.Tensor1D, rows: tf.Tensor2D): void {
  const [, width] = target.shape;
  runProgram(PROGRAM, {
    inputs: { indices, rows },
    outputs: { destination: target },
    uniforms: { width },
    size: rows.size,
  });
}

/** The same in plain tfjs ops. */
export function plainScatterRows(target: tf.Variable<tf.Rank.R2>, indices: tf.Tensor1D, rows: tf.Tensor2D): void {
  tf.tidy(() => target.assign(tf.tensorScatterUpdate(target, tf.expandDims(indices, 1), rows)));
}

/**
 * Row indices[i] of `target` [M, d] becomes row i of `rows` [N, d]; `indices` int32 [N] has no index twice. On WebGPU and WASM the rows are
 * overwritten where they lie.
 */
export const scatterRows = defineOp({
  name: 'ScatterRows',
  webgpu: scatterOnGpu,
  wasm: scatterRowsOnWasm,
  plain: plainScatterRows,
});
