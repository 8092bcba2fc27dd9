import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kernelThreads } from '../../scripts/node/kernelThreads';
import { METHOD_NAMES, type MethodName } from '../../src/domain/methods/registry';
import { presetConfig } from '../../src/domain/presets';
import type { RunSignal } from '../../src/domain/signal';
import { wasmBackend } from '../../src/engine/kernels/runtime/wasm/backend';
import type { ThreadHost } from '../../src/engine/kernels/runtime/wasm/threads/crew';
import { Trainer } from '../../src/engine/run/trainer';
import { startTestEngine } from '../setup/engine';
import { syntheticDataset } from '../setup/syntheticDataset';

const dataset = syntheticDataset(48);

/** What a short run of a method measures. */
async function measured(method: MethodName) {
  const config = {
    ...presetConfig('tiny', 'folder', method),
    batchSize: 16,
    totalSteps: 4,
    knn: { every: 2, k: 5, temperature: 0.1, bank: 16, queries: 8 },
    probe: { every: 2, images: 16 },
  };
  const signals: RunSignal[] = [];
  const trainer = new Trainer(dataset, config, [], (signal) => signals.push(signal));
  await trainer.start();
  while ((await trainer.advance()) === 'continue');
  await trainer.flush();
  trainer.dispose();
  return signals.flatMap((signal) => (signal.kind === 'measurements' ? signal.value : []));
}

describe('threads of the processor’s engine', () => {
  const alone = new Map<MethodName, Awaited<ReturnType<typeof measured>>>();

  beforeAll(async () => {
    expect(await startTestEngine('wasm', { threads: 1 })).toMatchObject({ threads: 1, oneThreadReason: null });
    for (const method of METHOD_NAMES) alone.set(method, await measured(method));
    expect(await startTestEngine('wasm', { threadHost: kernelThreads, threads: 3 })).toMatchObject({
      threads: 3,
      oneThreadReason: null,
      description: expect.stringContaining('3 threads'),
    });
    // All kernels are shared, however short, in every call after the measured ones.
    wasmBackend().shareFromMs = 0;
  });
  afterAll(() => tf.disposeVariables());

  it.each(METHOD_NAMES)('give the bits of one thread: %s', async (method) => {
    const threads = await measured(method);
    expect(threads.filter(({ loss }) => Number.isFinite(loss)).length).toBeGreaterThanOrEqual(4);
    // How often the speed is measured depends on the time.
    const untimed = (list: typeof threads) =>
      list
        .map((measurement) => {
          const { imagesPerSecond: _, ...values } = measurement as typeof measurement & { imagesPerSecond?: number };
          return values;
        })
        .filter((values) => Object.keys(values).length > 1);
    expect(untimed(threads)).toEqual(untimed(alone.get(method)!));
  });

  it('follow the memory when it grows', async () => {
    for (const size of [2 ** 18, 2 ** 20, 2 ** 22, 2 ** 24]) {
      const sums = tf.tidy(() => {
        const x = tf.ones([size]);
        return Array.from({ length: 4 }, () => x.add(x));
      });
      for (const sum of sums) {
        const values = await sum.data();
        expect([values[0], values[size - 1], values.every((value) => value === 2)]).toEqual([2, 2, true]);
      }
      tf.dispose(sums);
    }
  });

  it('end with the engine, and one thread runs with the reason where others cannot start', async () => {
    const ended: number[] = [];
    const counted: ThreadHost = {
      processors: 2,
      start: async (message) => {
        const end = await kernelThreads.start(message);
        return () => {
          ended.push(message.thread);
          end();
        };
      },
    };
    await startTestEngine('wasm', { threadHost: counted });
    const forbidden: ThreadHost = { processors: 4, start: () => Promise.reject(new Error('workers are forbidden')) };
    const info = await startTestEngine('wasm', { threadHost: forbidden });
    expect(ended).toEqual([1]);
    expect(info).toMatchObject({ threads: 1, oneThreadReason: '4 threads did not start: workers are forbidden' });
    expect((await tf.ones([8]).add(1).data())[7]).toBe(2);
  });
});
