import * as tf from '@tensorflow/tfjs';
import type { Follower } from './parameterUpdates';
import { inPlaceKernel } from './runtime/inPlace';
import { defineOp } from './runtime/op';
import { assignOnWasm, movingAverageOnWasm } from './wasm/updates';

const average = inPlaceKernel({
  name: 'MovingAverage',
  writes: ['target'],
  reads: ['online'],
  integers: ['tau'],
  sharedRead: 'scalars',
  sharedFloats: [],
  code: `
    let tau = scalars[uniforms.tau$];
    target$[i] = tau * target$[i] + (1.0 - tau) * online$[i];`,
});

function averageOnGpu(followers: readonly Follower[], scalars: tf.Tensor1D, tau: number): void {
  average(
    followers.map(({ target, online }) => ({ writes: { target }, reads: { online }, integers: { tau } })),
    { scalars, floats: {} },
  );
}

/** The same in plain tfjs ops. */
export function plainMovingAverage(followers: readonly Follower[], scalars: tf.Tensor1D, tau: number): void {
  tf.tidy(() => {
    const keep = tf.slice(scalars, tau, 1).asScalar();
    const share = tf.sub(1, keep);
    for (const { target, online } of followers) {
      target.assign(tf.add(tf.mul(keep, target), tf.mul(share, online)));
    }
  });
}

/** target = tau target + (1 - tau) online for all of them, tau being `scalars[tau]`; on WebGPU and WASM the targets are overwritten where they lie. */
export const movingAverage = defineOp({
  name: 'MovingAverage',
  webgpu: averageOnGpu,
  wasm: movingAverageOnWasm,
  plain: plainMovingAverage,
});

const copy = inPlaceKernel({
  name: 'AssignInPlace',
  writes: ['target'],
  reads: ['online'],
  integers: [],
  sharedRead: null,
  sharedFloats: [],
  code: '    target$[i] = online$[i];',
});

function assignOnGpu(followers: readonly Follower[]): void {
  copy(
    followers.map(({ target, online }) => ({ writes: { target }, reads: { online }, integers: {} })),
    { floats: {} },
  );
}

function plainAssign(followers: readonly Follower[]): void {
  tf.tidy(() => {
    for (const { target, online } of followers) target.assign(tf.add(online, 0));
  });
}

/** target = online for all of them, as `Variable.assign`, but on WebGPU and WASM into the memory that the targets have. */
export const assignInPlace = defineOp({
  name: 'AssignInPlace',
  webgpu: assignOnGpu,
  wasm: assignOnWasm,
  plain: plainAssign,
});
