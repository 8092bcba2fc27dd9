import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, it, vi } from 'vitest';
import { presetConfig } from '../../src/domain/presets';
import type { RunConfig } from '../../src/domain/runConfig';
import { prepareRun } from '../../src/engine/run/prepareRun';
import { Trainer } from '../../src/engine/run/trainer';
import type { Event } from '../../src/protocol/events';
import { Host } from '../../src/worker/host';
import { describeOnEngines } from '../setup/engine';
import { sampleOf } from '../setup/matrix';
import { syntheticDataset } from '../setup/syntheticDataset';

const CONFIG: RunConfig = {
  ...presetConfig('tiny', 'folder'),
  batchSize: 8,
  totalSteps: 2,
  knn: { every: 0, k: 5, temperature: 0.1, bank: 32, queries: 16 },
  probe: { every: 0, images: 32 },
};

describeOnEngines(['wasm'], 'preparing a run on the processor', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(sampleOf(['simsiam', 'simclr', 'swav', 'barlowTwins'] as const, (method) => method === 'swav'))(
    'a prepared run of %s compiles no further kernel of a step, and nothing is left over',
    async (method) => {
      const config = { ...presetConfig('tiny', 'folder', method), ...CONFIG, method };
      const compiled = vi.spyOn(WebAssembly, 'Module');
      const before = tf.memory().numTensors;
      await prepareRun(config, {}, async () => true);
      expect(compiled.mock.calls.length).toBeGreaterThan(20);
      expect(tf.memory().numTensors).toBe(before);
      const trainer = new Trainer(syntheticDataset(40), config, [], () => undefined);
      await trainer.start();
      compiled.mockClear();
      while ((await trainer.advance()) === 'continue');
      trainer.dispose();
      expect(compiled.mock.calls.length).toBe(0);
    },
  );

  it('ends between two steps when told to', async () => {
    const advance = vi.spyOn(Trainer.prototype, 'advance');
    let left = 1;
    await prepareRun(CONFIG, {}, async () => left-- > 0);
    expect(advance).toHaveBeenCalledTimes(1);
  });

  it('does no step of a network so large that messages would wait for it', async () => {
    const advance = vi.spyOn(Trainer.prototype, 'advance');
    await prepareRun({ ...CONFIG, backbone: 'small', batchSize: 512 }, {}, async () => true);
    expect(advance).not.toHaveBeenCalled();
  });

  it('a run that is built meanwhile ends it', async () => {
    const events: Event[] = [];
    const host = new Host((event) => events.push(event));
    const advance = vi.spyOn(Trainer.prototype, 'advance');
    await host.handle({ id: 0, type: 'init', engine: 'wasm' });
    await host.handle({ id: 1, type: 'setDataset', dataset: syntheticDataset(40) });
    const prepared = host.handle({ id: 2, type: 'prepare', config: CONFIG });
    await host.handle({ id: 3, type: 'create', runId: 'a', config: CONFIG, changes: [] });
    await prepared;
    expect(advance.mock.calls.length).toBeLessThan(2);
    await host.handle({ id: 4, type: 'step', runId: 'a' });
    await host.handle({ id: 5, type: 'setDataset', dataset: syntheticDataset(40) });
    expect(events.filter(({ type }) => type === 'failure' || type === 'error')).toEqual([]);
  });
});
