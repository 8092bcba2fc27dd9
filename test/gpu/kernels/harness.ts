import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { describeOnEngines } from '../../setup/engine';

export { takeGpuErrors } from '../../setup/engine';

/** A suite on the WebGPU backend. An error that WebGPU reports outside a call fails the test during which it was reported. */
export function describeOnGpu(name: string, body: () => void): void {
  describeOnEngines(['webgpu'], name, body);
}

/** Values and shape of a tensor, independent of a backend. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Runs plain tfjs ops on the 'cpu' backend, the oracle, and returns their values. */
export function onCpu(compute: () => readonly tf.Tensor[]): Values[] {
  const backend = tf.getBackend();
  tf.setBackend('cpu');
  try {
    return tf.tidy(() => compute().map((t) => ({ shape: t.shape, data: Float32Array.from(t.dataSync()) })));
  } finally {
    tf.setBackend(backend);
  }
}

export async function valuesOf(t: tf.Tensor): Promise<Values> {
  return { shape: t.shape, data: Float32Array.from(await t.data()) };
}

/** Same shape, and max|a - b| within `tolerance` times max|b| (or times `floor`, where all of b is smaller). */
export function expectClose(
  actual: Values,
  expected: Values,
  { tolerance = 1e-5, floor = 1e-3, label = '' }: { tolerance?: number; floor?: number; label?: string } = {},
): void {
  expect(actual.shape, `${label} shape`).toEqual(expected.shape);
  let difference = 0;
  let scale = floor;
  actual.data.forEach((value, i) => {
    const apart = Math.abs(value - expected.data[i]!);
    // Comparisons with NaN are false, so that NaN would go unnoticed.
    difference = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(difference, apart);
    scale = Math.max(scale, Math.abs(expected.data[i]!));
  });
  expect(difference / scale, `${label} max|a - b| / max|b|`).toBeLessThanOrEqual(tolerance);
}

/** A seeded source of numbers in [0, 1) (mulberry32), so that a case can be repeated by its seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Approximately standard normal values. */
export function normalValues(count: number, random: () => number): Float32Array {
  return Float32Array.from({ length: count }, () => random() + random() + random() + random() - 2).map((v) => v * 1.7);
}
