import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { presetConfig } from '../../src/domain/presets';
import type { RunConfig } from '../../src/domain/runConfig';
import { confirmEngine, startEngine } from '../../src/engine/backend/startEngine';
import type { CommandBody } from '../../src/protocol/commands';
import type { Event } from '../../src/protocol/events';
import { Host } from '../../src/worker/host';
import { describeOnEngines } from '../setup/engine';
import { syntheticDataset } from '../setup/syntheticDataset';

/** What the measurements say: rates in GFLOP/s by turn, of the adapter and of WASM. Turns beyond the last repeat it. */
let gpuRates: number[] = [];
const WASM_RATE = 10;
let turn = 0;

vi.mock('../../src/engine/backend/speed', () => ({
  multiplyAddRate: async () => 100,
  warmUp: async () => undefined,
  trainingRate: async () =>
    tf.getBackend() === 'wasm' ? WASM_RATE : (gpuRates[Math.min(turn++, gpuRates.length - 1)] ?? 0),
}));

const HOOKS = { onUncapturedError: () => undefined, onLost: () => undefined };
const CONFIG: RunConfig = {
  ...presetConfig('tiny', 'folder'),
  batchSize: 8,
  totalSteps: 3,
  knn: { every: 0, k: 5, temperature: 0.1, bank: 32, queries: 16 },
  probe: { every: 0, images: 32 },
};

beforeEach(() => {
  turn = 0;
});

/** The losses of a run of a worker, and everything that it sent. */
async function trained(engine: 'auto' | 'wasm'): Promise<{ readonly losses: number[]; readonly events: Event[] }> {
  const events: Event[] = [];
  const host = new Host((event) => events.push(structuredClone(event)));
  const send = (id: number, command: CommandBody) => host.handle({ id, ...command } as Parameters<Host['handle']>[0]);
  await send(1, { type: 'init', engine });
  await send(2, { type: 'prepare', config: CONFIG });
  await send(3, { type: 'setDataset', dataset: syntheticDataset(64) });
  await send(4, { type: 'create', runId: 'a', config: CONFIG, changes: [] });
  await send(5, { type: 'train', runId: 'a' });
  const signals = () => events.flatMap((event) => (event.type === 'signal' ? [event.signal] : []));
  await expect
    .poll(() => signals().some(({ kind, value }) => kind === 'state' && value.state === 'finished'))
    .toBe(true);
  const measured = signals().flatMap((signal) => (signal.kind === 'measurements' ? signal.value : []));
  return { losses: measured.flatMap(({ loss }) => loss ?? []), events };
}

// On a machine with a GPU nothing is measured.
describeOnEngines(['webgpu'], 'the choice between a software adapter and WASM', () => {
  describe('when the engine starts', () => {
    it.each([
      ['WASM, where the adapter is not clearly faster', [14], 'wasm'],
      ['WASM, where the adapter is clearly faster only once', [40, 14], 'wasm'],
      ['the adapter, where it is clearly faster twice', [40, 15], 'webgpu'],
    ] as const)('takes %s', async (_, rates, engine) => {
      gpuRates = [...rates];
      const info = await startEngine('auto', HOOKS);
      if (!info.isSoftware) return;
      expect([info.engine, tf.getBackend()]).toEqual([engine, engine]);
      expect(info.fallbackReason).toMatch(engine === 'wasm' ? /not 1\.5 times as fast/ : /at least 1\.5 times/);
    });
  });

  describe('after the preparation', () => {
    it('keeps the adapter where it is clearly faster again, and measures only once', async () => {
      gpuRates = [40];
      const info = await startEngine('auto', HOOKS);
      if (!info.isSoftware) return;
      expect(await confirmEngine()).toBeNull();
      expect(tf.getBackend()).toBe('webgpu');
      expect(tf.findBackendFactory('wasm')).toBeNull();
      gpuRates = [1];
      expect(await confirmEngine()).toBeNull();
    });

    it('builds the run on WASM from step 0 where the choice was wrong, and says so before the first point', async () => {
      gpuRates = [40, 40, 4];
      const { losses, events } = await trained('auto');
      const [reply] = events;
      if (reply?.type !== 'reply' || reply.to !== 'init' || !reply.result.isSoftware) return;
      expect(reply.result.engine).toBe('webgpu');
      const changed = events.findIndex(({ type }) => type === 'engine');
      expect(events[changed]).toMatchObject({
        adapter: { engine: 'wasm', fallbackReason: expect.stringMatching(/slower here than the processor itself/) },
      });
      expect(events.findIndex(({ type }) => type === 'signal')).toBeGreaterThan(changed);
      expect(losses).toHaveLength(CONFIG.totalSteps);
      expect(losses).toEqual((await trained('wasm')).losses);
    });
  });
});
