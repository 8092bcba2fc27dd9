import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { NoAdapterError, startNodeGpu } from '../../scripts/node/gpu';
import { type EngineOptions, startEngine } from '../../src/engine/backend/startEngine';

/** Backends that a test may ask for; webgpu is Dawn on the adapter that `startNodeGpu` finds, wasm has one thread under Node. */
export type TestEngine = 'cpu' | 'webgpu' | 'wasm';

const hasAdapter = await startNodeGpu().then(
  () => true,
  (error: unknown) => {
    // On a build machine a missing adapter is a failure; on a person's, a skip that says so.
    if (!(error instanceof NoAdapterError) || process.env.CI) throw error;
    return false;
  },
);

const gpuErrors: string[] = [];

/** Errors that WebGPU reported so far, for tests that provoke them; they no longer fail the test. */
export function takeGpuErrors(): string[] {
  return gpuErrors.splice(0);
}

/** Limits of the WebGPU devices of all tests: `SIMSIAM_LIMITS=default` makes them those that every device has. */
const limits = process.env.SIMSIAM_LIMITS === 'default' ? 'default' : 'adapter';

/** Starts an engine whose errors fail the test; `options` stand before what the environment asks for. */
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
    // Reading anything back waits for the queue, and with it for the errors of what was queued.
    if (engine === 'webgpu') await tf.tidy(() => tf.zeros([1]).add(0)).data();
    expect(takeGpuErrors()).toEqual([]);
  });
  afterAll(() => tf.disposeVariables());
}

/** A suite once for each engine; an error that WebGPU reports outside any call fails the test it follows. */
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
