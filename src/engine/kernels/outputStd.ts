import * as tf from '@tensorflow/tfjs';
import { l2Normalise, MIN_NORM } from './l2Normalise';
import { defineOp } from './runtime/op';
import { defineProgram, runProgram } from './runtime/program';
import { REDUCTION_THREADS, scaledMean, totalCode } from './runtime/reduction';
import { meanStdOnWasm } from './wasm/directions';

/** The mean over channels of the std of l2-normalised rows, in three dispatches: norms of rows, std of channels, mean. */

const normProgram = defineProgram({
  name: 'inverseNormOfRows',
  inputs: { z: 'f32' },
  outputs: { inverse: 'f32' },
  uniforms: { d: 'i32', leastSquares: 'f32' },
  workgroupSize: [REDUCTION_THREADS, 1, 1],
  entry: 'workgroups',
  code: `${totalCode('f32')}
fn run(group : vec3<u32>, local : vec3<u32>) {
  let row = i32(group.x);
  let thread = i32(local.x);
  var squares = 0.0;
  for (var i = thread; i < uniforms.d; i += ${REDUCTION_THREADS}) {
    let value = z[row * uniforms.d + i];
    squares += value * value;
  }
  let all = total(squares, thread);
  if (thread == 0) { inverse[row] = inverseSqrt(max(all, uniforms.leastSquares)); }
}`,
});

/** Two passes, because the mean of squares minus the squared mean loses its digits in float32 near a collapse. */
const stdProgram = defineProgram({
  name: 'stdOfChannels',
  inputs: { z: 'f32', inverse: 'f32' },
  outputs: { spread: 'f32' },
  uniforms: { n: 'i32' },
  workgroupSize: [64, 1, 1],
  entry: 'threads',
  code: `
fn run(channel : i32) {
  let d = uniforms.threads;
  var sum = 0.0;
  for (var row = 0; row < uniforms.n; row++) { sum += z[row * d + channel] * inverse[row]; }
  let mean = sum / f32(uniforms.n);
  var squares = 0.0;
  for (var row = 0; row < uniforms.n; row++) {
    let deviation = z[row * d + channel] * inverse[row] - mean;
    squares += deviation * deviation;
  }
  spread[channel] = sqrt(squares / f32(uniforms.n));
}`,
});

function meanStdOnGpu(z: tf.Tensor2D): tf.Scalar {
  const [n, d] = z.shape;
  const { inverse } = runProgram(normProgram, {
    inputs: { z },
    outputs: { inverse: [n] },
    uniforms: { d, leastSquares: MIN_NORM ** 2 },
    size: [n, 1, 1],
  });
  const { spread } = runProgram(stdProgram, {
    inputs: { z, inverse },
    outputs: { spread: [d] },
    uniforms: { n },
    size: d,
  });
  const mean = scaledMean(spread, 1);
  tf.dispose([inverse, spread]);
  return mean;
}

export function plainMeanStdOfDirections(z: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => {
    const unit = l2Normalise(z);
    return unit.sub(unit.mean(0, true)).square().mean(0).sqrt().mean().asScalar();
  });
}

/** Mean over channels of the (biased) std over the rows of z/|z|_2; z [n, d]. Not differentiable. */
export const meanStdOfDirections = defineOp({
  name: 'MeanStdOfDirections',
  webgpu: meanStdOnGpu,
  wasm: meanStdOnWasm,
  plain: plainMeanStdOfDirections,
});
