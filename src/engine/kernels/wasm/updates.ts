import * as tf from '@tensorflow/tfjs';
import type { Follower, SgdItem, SgdSettings } from '../parameterUpdates';
import { wasmBackend } from '../runtime/wasm/backend';
import { runKernel, withConstant } from '../runtime/wasm/run';
import { copyRows } from '../wasmgen/copyRows';
import { FLOAT } from '../wasmgen/lanes';
import { followerTable, movingAverage } from '../wasmgen/movingAverage';
import { scatterRows } from '../wasmgen/scatterRows';
import { sgdMomentum, sgdTable } from '../wasmgen/sgd';

/** Updates of variables where they lie, by generated kernels. Shapes are checked, since a kernel would write beyond a variable. */

function checkFollower({ target, online }: Follower): void {
  tf.util.assertShapesMatch(target.shape, online.shape, `${target.name} and what it follows: `);
}

export function sgdOnWasm(
  items: readonly SgdItem[],
  scalars: tf.Tensor1D,
  { momentum, weightDecay }: SgdSettings,
): void {
  if (items.length === 0) return;
  for (const { weight, velocity, gradient } of items) {
    for (const { shape } of [velocity, gradient])
      tf.util.assertShapesMatch(weight.shape, shape, `SGD of ${weight.name}: `);
  }
  const backend = wasmBackend();
  const rates = backend.offsetOf(scalars);
  const { table, pieces } = sgdTable(
    items.map(({ weight, velocity, gradient, rate }) => ({
      weight: backend.offsetOf(weight),
      velocity: backend.offsetOf(velocity),
      gradient: backend.offsetOf(gradient),
      count: weight.size,
      rate: rates + rate * FLOAT,
    })),
  );
  withConstant(table, (rows) =>
    withConstant(Float32Array.of(momentum, weightDecay), (settings) =>
      runKernel(sgdMomentum(pieces, backend.variant), { table: rows, settings }),
    ),
  );
}

export function movingAverageOnWasm(followers: readonly Follower[], scalars: tf.Tensor1D, tau: number): void {
  if (followers.length === 0) return;
  followers.forEach(checkFollower);
  const backend = wasmBackend();
  const { table, pieces } = followerTable(
    followers.map(({ target, online }) => ({
      target: backend.offsetOf(target),
      online: backend.offsetOf(online),
      count: target.size,
      tau: backend.offsetOf(scalars) + tau * FLOAT,
    })),
  );
  withConstant(table, (rows) => runKernel(movingAverage(pieces, backend.variant), { table: rows }));
}

export function assignOnWasm(followers: readonly Follower[]): void {
  followers.forEach(checkFollower);
  for (const { target, online } of followers) {
    const bytes = target.size * FLOAT;
    // A tensor that shares the variable's place has its values already.
    if (wasmBackend().offsetOf(target) === wasmBackend().offsetOf(online)) continue;
    runKernel(copyRows({ rows: 1, bytes, sourcePitch: bytes, targetPitch: bytes }), { source: online, target });
  }
}

export function scatterRowsOnWasm(target: tf.Variable<tf.Rank.R2>, indices: tf.Tensor1D, rows: tf.Tensor2D): void {
  const [count, width] = rows.shape;
  tf.util.assertShapesMatch([target.shape[1], indices.size], [width, count], 'rows, their width and their places: ');
  runKernel(scatterRows({ count, width, targetRows: target.shape[0] }), { rows, indices, target });
}
