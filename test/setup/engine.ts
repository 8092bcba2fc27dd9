import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { NoAdapterError, startNodeGpu } from '../../scripts/node/gpu';

/** Backends that a test may ask for; webgpu is Dawn on the adapter that `startNodeGpu` finds. */
export type TestEngine = 'cpu' | 'webgpu';

/** Engines to run a parity test on. Without any adapter CI fails; elsewhere the webgpu half is skipped by name. */
export async function testEngines(): Promise<TestEngine[]> {
  try {
    await startNodeGpu();
    return ['cpu', 'webgpu'];
  } catch (error) {
    if (!(error instanceof NoAdapterError) || process.env.CI) throw error;
    console.warn(`SKIPPED on webgpu: ${error.message}`);
    return ['cpu'];
  }
}

/** Runs the tests of a `describe` on one engine, and fails each that WebGPU reported an error in. */
export function useEngine(engine: TestEngine): void {
  const errors: string[] = [];
  beforeAll(async () => {
    if (engine === 'cpu') {
      await tf.setBackend('cpu');
      return;
    }
    const { startEngine } = await import('../../src/engine/backend/startEngine');
    await startEngine('webgpu', {
      onUncapturedError: (message) => errors.push(message),
      onLost: (message) => errors.push(`device lost: ${message}`),
    });
  });
  afterEach(async () => {
    // Reading anything back waits for the queue, and with it for the errors of what was queued.
    if (engine === 'webgpu') await tf.scalar(0).add(0).data();
    expect(errors).toEqual([]);
  });
  afterAll(() => tf.disposeVariables());
}
