import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { NoAdapterError, startNodeGpu } from '../../scripts/node/gpu';
import { type EngineOptions, startEngine } from '../../src/engine/backend/startEngine';

/** Backends that a test may ask for; webgpu is Dawn on the adapter that `startNodeGpu` finds, wasm has one thread under Node. */
export type TestEngine = 'cpu' | 'webgpu' | 'wasm';

const hasAdapter = await startNodeGpu().then(
  () => true,
  (error: unknown) => {
    // Under CI a missing adapter is a failure; elsewhere the tests are skipped with a message.
    if (!(error instanceof NoAdapterError) || process.env.CI) throw error;
    return false;
  },
);

const gpuErrors: string[] = [];

/** Returns and clears the errors that WebGPU has reported, for tests that provoke them, so that they do not fail the test. */
export function takeGpuErrors(): string[] {
  return gpuErrors.splice(0);
}

/** Limits of the WebGPU devices of all tests: with `SIMSIAM_LIMITS=default`, WebGPU's default limits. */
const limits = process.env.SIMSIAM_LIMITS === 'default' ? 'default' : 'adapter';

/** Starts an engine whose errors fail the test; `options` override the environment variables. */
export function startTestEngine(engine: 'webgpu' | 'wasm', options: EngineOptions = {}) {
  const hooks = {
    onUncapturedError: (message: string) => gpuErrors.push(message),
    onLost: (message: string) => gpuErrors.push(`device lost: ${message}`),
  };
  return startEngine(engine, hooks, { limits, ...options });
}

function useEngine(engine: TestEngine): void {
  beforeAll(async () => {
    if (engine === 'cpu') {
      await tf.setBackend('cpu');
      return;
    }
    await startTestEngine(engine);
  });
  afterEach(async () => {
    // Reading a tensor waits for the queue, and so for the errors of all queued commands.
    if (engine === 'webgpu') await tf.tidy(() => tf.zeros([1]).add(0)).data();
    expect(takeGpuErrors()).toEqual([]);
  });
  afterAll(() => tf.disposeVariables());
}

/** Runs a suite on each engine. An error that WebGPU reports outside a call fails the test during which it was reported. */
export function describeOnEngines(
  engines: readonly TestEngine[],
  title: string,
  body: (engine: TestEngine) => void,
): void {
  for (const engine of engines) {
    const runs = engine !== 'webgpu' || hasAdapter;
    describe.skipIf(!runs)(`${title} (${runs ? engine : 'skipped: no WebGPU adapter'})`, () => {
      useEngine(engine);
      body(engine);
    });
  }
}
