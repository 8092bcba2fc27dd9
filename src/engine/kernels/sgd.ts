import * as tf from '@tensorflow/tfjs';
import type { SgdItem, SgdSettings } from './parameterUpdates';
import { inPlaceKernel } from './runtime/inPlace';
import { defineOp } from './runtime/op';
import { sgdOnWasm } from './wasm/updates';

const update = inPlaceKernel({
  name: 'SgdMomentum',
  writes: ['weight', 'velocity'],
  reads: ['gradient'],
  integers: ['rate'],
  sharedRead: 'scalars',
  sharedFloats: ['momentum', 'weightDecay'],
  code: `
    let w = weight$[i];
    let v = uniforms.momentum * velocity$[i] + (gradient$[i] + uniforms.weightDecay * w);
    velocity$[i] = v;
    weight$[i] = w - scalars[uniforms.rate$] * v;`,
});

function sgdOnGpu(items: readonly SgdItem[], scalars: tf.Tensor1D, settings: SgdSettings): void {
  update(
    items.map(({ weight, velocity, gradient, rate }) => ({
      writes: { weight, velocity },
      reads: { gradient },
      integers: { rate },
    })),
    { scalars, floats: { ...settings } },
  );
}

/** The same in plain tfjs ops. */
export function plainSgdUpdate(
  items: readonly SgdItem[],
  scalars: tf.Tensor1D,
  { momentum, weightDecay }: SgdSettings,
): void {
  tf.tidy(() => {
    for (const { weight, velocity, gradient, rate } of items) {
      const v = tf.add(tf.mul(velocity, momentum), tf.add(gradient, tf.mul(weight, weightDecay)));
      velocity.assign(v);
      weight.assign(tf.sub(weight, tf.mul(v, tf.slice(scalars, rate, 1).asScalar())));
    }
  });
}

/**
 * v = momentum v + (gradient + weightDecay w); w = w - rate v, for all items, each with its rate from `scalars` (float32 [any]). On
 * WebGPU and WASM weights and velocities are overwritten where they lie, and so is all that shares their data.
 */
export const sgdUpdate = defineOp({ name: 'SgdUpdate', webgpu: sgdOnGpu, wasm: sgdOnWasm, plain: plainSgdUpdate });
