import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { breathe } from '../../src/data/import/breathe';
import type { DecodedFolder } from '../../src/domain/decodedFolder';
import { presetConfig } from '../../src/domain/presets';
import type { RunConfig } from '../../src/domain/runConfig';
import type { RunSignal } from '../../src/domain/signal';
import { RunMonitors } from '../../src/engine/monitors/runMonitors';
import type { CommandBody, Replies } from '../../src/protocol/commands';
import type { Event } from '../../src/protocol/events';
import { isEvent } from '../../src/protocol/guards';
import { Host } from '../../src/worker/host';
import { describeOnEngines } from '../setup/engine';
import { sampleOf } from '../setup/matrix';
import { syntheticDataset } from '../setup/syntheticDataset';

const CONFIG: RunConfig = {
  ...presetConfig('tiny', 'folder'),
  batchSize: 8,
  totalSteps: 6,
  knn: { every: 0, k: 5, temperature: 0.1, bank: 32, queries: 16 },
  probe: { every: 0, images: 32 },
};

describeOnEngines(['webgpu'], 'worker host', () => {
  let events: Event[];
  let host: Host;
  let nextId = 0;

  beforeEach(async () => {
    events = [];
    host = new Host((event) => events.push(structuredClone(event)));
    await send({ type: 'init', engine: 'webgpu' });
  });
  afterEach(async () => {
    // Ends the run and frees it.
    await send({ type: 'setDataset', dataset: syntheticDataset(32) });
    expect(events.every(isEvent)).toBe(true);
  });

  async function send<T extends CommandBody['type']>(command: Extract<CommandBody, { type: T }>) {
    const id = nextId++;
    await host.handle({ id, ...command } as Parameters<Host['handle']>[0]);
    const answers = events.filter((event) => (event.type === 'reply' || event.type === 'failure') && event.id === id);
    expect(answers).toHaveLength(1);
    return answers[0] as Extract<Event, { type: 'reply' | 'failure' }>;
  }

  const ofRun = <K extends RunSignal['kind']>(runId: string, kind: K) =>
    events.flatMap((event) =>
      event.type === 'signal' && event.runId === runId && event.signal.kind === kind
        ? [event.signal.value as Extract<RunSignal, { kind: K }>['value']]
        : [],
    );
  const states = (runId: string) => ofRun(runId, 'state').map(({ state }) => state);
  const losses = (runId: string) =>
    ofRun(runId, 'measurements').flatMap((items) => items.flatMap(({ loss }) => loss ?? []));

  async function createRun(runId: string, config: Partial<RunConfig> = {}) {
    await send({ type: 'setDataset', dataset: syntheticDataset(96) });
    return send({ type: 'create', runId, config: { ...CONFIG, ...config }, changes: [] });
  }

  const settled = (runId: string, state: string) => expect.poll(() => states(runId).at(-1)).toBe(state);

  it('trains to the end, reports every loss once and in order, and says finished', async () => {
    await createRun('a');
    await send({ type: 'train', runId: 'a' });
    await settled('a', 'finished');
    expect(states('a')).toEqual(['building', 'paused', 'training', 'finished']);
    const steps = ofRun('a', 'measurements').flatMap((items) =>
      items.flatMap((m) => (m.loss === undefined ? [] : m.step)),
    );
    expect(steps).toEqual([1, 2, 3, 4, 5, 6]);
    expect(ofRun('a', 'baselines')).toHaveLength(1);
  });

  it('shows an image of the batch as it is, and two views of it that differ', async () => {
    await createRun('a');
    await send({ type: 'train', runId: 'a' });
    await settled('a', 'finished');
    const dataset = syntheticDataset(96);
    const bytes = dataset.size ** 2 * 4;
    const shown = ofRun('a', 'views');
    expect(shown.length).toBeGreaterThan(0);
    for (const { size, index, image, x1, x2 } of shown) {
      expect(size).toBe(dataset.size);
      expect([image.width, image.height]).toEqual([size, size]);
      expect([...image.pixels]).toEqual([...dataset.pixels.subarray(index * bytes, (index + 1) * bytes)]);
      expect([x1.length, x2.length]).toEqual([bytes, bytes]);
      expect(x1).not.toEqual(x2);
    }
  });

  it('a run that was prepared before its images were loaded compiles no further pipeline of a step', async () => {
    const { device } = tf.backend() as WebGPUBackend;
    const ahead = vi.spyOn(device, 'createComputePipelineAsync');
    expect(await send({ type: 'prepare', config: CONFIG })).toMatchObject({ type: 'reply' });
    expect(ahead.mock.calls.length).toBeGreaterThan(20);
    ahead.mockClear();
    const late = vi.spyOn(device, 'createComputePipeline');
    await createRun('a');
    await send({ type: 'step', runId: 'a' });
    expect(losses('a')).toHaveLength(1);
    expect(ahead).not.toHaveBeenCalled();
    expect(late.mock.calls.map(([{ label }]) => label)).toEqual([]);
  });

  it('a config that cannot be prepared is reported when the run is built', async () => {
    const { augment } = CONFIG;
    const config = { ...CONFIG, augment: { ...augment, crop: { ...augment.crop, scaleMin: 1, scaleMax: 0.5 } } };
    expect(await send({ type: 'prepare', config })).toMatchObject({ type: 'reply' });
    await send({ type: 'setDataset', dataset: syntheticDataset(96) });
    expect(await send({ type: 'create', runId: 'b', config, changes: [] })).toMatchObject({
      type: 'failure',
      error: { code: 'bad-config' },
    });
  });

  it('pauses, steps by exactly one, and continues with the same series', async () => {
    await createRun('whole');
    await send({ type: 'train', runId: 'whole' });
    await settled('whole', 'finished');
    await createRun('parts');
    await send({ type: 'step', runId: 'parts' });
    expect(losses('parts')).toHaveLength(1);
    expect(states('parts').at(-1)).toBe('paused');
    await send({ type: 'train', runId: 'parts' });
    await send({ type: 'pause', runId: 'parts' });
    await send({ type: 'train', runId: 'parts' });
    await settled('parts', 'finished');
    expect(losses('parts')).toEqual(losses('whole'));
  });

  describe('neighbours', () => {
    const PROBED = { probe: { every: 2, images: 32 } };
    const snapshots = (runId: string) => ofRun(runId, 'neighbours').map(({ step, searched }) => [step, searched]);
    const allSearched = (runId: string, step: number) => expect.poll(() => snapshots(runId).at(-1)).toEqual([step, 96]);

    it('are searched among all images while the run stands still, and among few while it trains', async () => {
      await createRun('a', PROBED);
      await allSearched('a', 0);
      await send({ type: 'step', runId: 'a' });
      await allSearched('a', 1);
      const before = snapshots('a').length;
      await send({ type: 'setQueries', runId: 'a', indices: [94, 1] });
      await expect
        .poll(() =>
          ofRun('a', 'neighbours')
            .at(-1)
            ?.z.map(({ query }) => query),
        )
        .toEqual([94, 1]);
      // Not first among few: the features of all images are known.
      expect(snapshots('a').slice(before)).toEqual([[1, 96]]);
      await send({ type: 'train', runId: 'a' });
      await settled('a', 'finished');
      await allSearched('a', 6);
      // One of the two queries is not among the probe's images.
      for (const step of [2, 4, 6]) {
        const [searched] = snapshots('a').flatMap(([at, n]) => (at === step ? [n] : []));
        expect(searched).toBeLessThan(40);
      }
    });

    it('the losses are the same with searches in the pauses and without any', async () => {
      await createRun('none');
      await send({ type: 'train', runId: 'none' });
      await settled('none', 'finished');
      expect(snapshots('none')).toEqual([]);
      await createRun('searched', PROBED);
      await allSearched('searched', 0);
      await send({ type: 'step', runId: 'searched' });
      await allSearched('searched', 1);
      await send({ type: 'step', runId: 'searched' });
      await allSearched('searched', 2);
      await send({ type: 'train', runId: 'searched' });
      await settled('searched', 'finished');
      expect(losses('searched')).toEqual(losses('none'));
    });

    it.each(sampleOf(['train', 'step', 'create'] as const))('a search ends with its block at “%s”', async (type) => {
      await send({ type: 'setDataset', dataset: syntheticDataset(3000) });
      const embed = vi.spyOn(RunMonitors.prototype, 'embed');
      await send({ type: 'create', runId: 'long', config: { ...CONFIG, ...PROBED }, changes: [] });
      // Looked at after every task, since one block takes milliseconds on a fast device.
      while (embed.mock.calls.length === 0) await breathe();
      const heard = events.length;
      await send(type === 'create' ? { type, runId: 'next', config: CONFIG, changes: [] } : { type, runId: 'long' });
      const ofStep0 = embed.mock.calls.filter(([, step]) => step === 0);
      expect(ofStep0.length).toBeLessThanOrEqual(2);
      embed.mockRestore();
      if (type === 'train') await settled('long', 'finished');
      expect(ofRun('long', 'neighbours').filter(({ step, searched }) => step === 0 && searched === 3000)).toEqual([]);
      expect(events.slice(heard).filter((event) => event.type === 'error')).toEqual([]);
    });
  });

  it('ends the old run when a new one is made, and refuses commands for it', async () => {
    await createRun('old', { totalSteps: 1000 });
    await send({ type: 'train', runId: 'old' });
    await createRun('new');
    const heard = events.length;
    expect(await send({ type: 'step', runId: 'old' })).toMatchObject({ type: 'failure', error: { code: 'stale-run' } });
    await send({ type: 'step', runId: 'new' });
    expect(events.slice(heard).some((event) => 'runId' in event && event.runId === 'old')).toBe(false);
    expect(losses('new')).toHaveLength(1);
  });

  it('two runs asked for at once: the later one stays', async () => {
    await send({ type: 'setDataset', dataset: syntheticDataset(96) });
    const create = (runId: string) => send({ type: 'create', runId, config: CONFIG, changes: [] });
    await Promise.all([create('first'), create('second')]);
    expect((await send({ type: 'step', runId: 'second' })).type).toBe('reply');
    expect((await send({ type: 'step', runId: 'first' })).type).toBe('failure');
  });

  it('answers impossible commands with a message', async () => {
    const fresh = new Host((event) => events.push(event));
    host = fresh;
    expect(await send({ type: 'create', runId: 'x', config: CONFIG, changes: [] })).toMatchObject({
      type: 'failure',
      error: { code: 'no-dataset', recoverable: true },
    });
    expect(await createRun('x', { batchSize: 64 })).toMatchObject({
      type: 'failure',
      error: { code: 'too-few-images' },
    });
    expect(await createRun('x', { sourceSize: 'square', imageSize: 64 })).toMatchObject({
      type: 'failure',
      error: { code: 'bad-config' },
    });
    expect(await createRun('x')).toMatchObject({ type: 'reply' });
  });

  it('reads folders anew beside a run, which ends when the outcome is used', async () => {
    const { pixels, offsets, widths, heights, ...dataset } = syntheticDataset(96);
    const facts = {
      widths: new Uint32Array(96),
      heights: new Uint32Array(96),
      exactHashes: new Uint32Array(192),
      perceptualHashes: new Uint32Array(192),
      sharpness: new Float32Array(96),
      brightness: new Float32Array(96),
    };
    const pictures = { pixels, offsets, widths, heights, facts };
    const decoded: DecodedFolder<MessagePort> = {
      name: 'd',
      paths: Array.from({ length: 96 }, (_, i) => `d/${'abc'[i % 3]}/${i}.png`),
      sizes: new Float64Array(96),
      pictures: { ...pictures, groups: null },
      skips: { files: [], archive: null },
    };
    await send({ type: 'setDataset', dataset: { ...dataset, ...pictures }, decoded });
    await send({ type: 'create', runId: 'x', config: CONFIG, changes: [] });
    const reading = { seed: 1, holdOut: 'images', labelRule: 'found', batchSize: 4 } as const;
    const answer = await send({
      type: 'readFolders',
      reading: { ...reading, corrections: [{ position: 2, role: 'out' }] },
    });
    const outcome = (answer as { result: Replies['readFolders'] }).result;
    expect(outcome).toMatchObject({
      info: { count: 64, classNames: ['a', 'c'] },
      plan: { corrections: [{ position: 2 }] },
    });
    expect((await send({ type: 'step', runId: 'x' })).type).toBe('reply');
    const number = 'number' in outcome ? outcome.number : 0;
    expect((await send({ type: 'takeNext', number })).type).toBe('reply');
    expect((await send({ type: 'step', runId: 'x' })).type).toBe('failure');
    // In the order of the pictures, without those of class b.
    const thumbnails = await send({ type: 'thumbnails', indices: [1] });
    const [picture] = (thumbnails as { result: Replies['thumbnails'] }).result;
    expect(outcome).toMatchObject({ info: { names: expect.arrayContaining(['a/3.png']) } });
    expect([...picture!.pixels.subarray(0, 64)]).toEqual([...pixels.subarray(offsets[2]!, offsets[2]! + 64)]);
    expect((await send({ type: 'takeNext', number })).type).toBe('failure');
  });

  it('gives pixels and previews', async () => {
    const dataset = syntheticDataset(40);
    await send({ type: 'setDataset', dataset: { ...dataset, pixels: dataset.pixels.slice() } });
    const thumbnails = await send({ type: 'thumbnails', indices: [3, 0] });
    const [first] = (thumbnails as { result: Replies['thumbnails'] }).result;
    expect([first!.width, first!.height]).toEqual([32, 32]);
    expect([...first!.pixels.subarray(0, 64)]).toEqual([...dataset.pixels.subarray(3 * 4096, 3 * 4096 + 64)]);
    const preview = await send({ type: 'preview', augment: CONFIG.augment, storage: CONFIG, seed: 1, indices: [1, 2] });
    const views = (preview as { result: Replies['preview'] }).result;
    expect(views.x1).toHaveLength(2 * 32 * 32 * 4);
    expect(views.x2).not.toEqual(views.x1);
  });
});
