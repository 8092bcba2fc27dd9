import 'fake-indexeddb/auto';
import * as tf from '@tensorflow/tfjs';
import { IDBFactory } from 'fake-indexeddb';
import { expect, it } from 'vitest';
import type { BottomLine } from '../../src/domain/bottomLine';
import type { Explored } from '../../src/domain/exploration';
import type { ImageDataset } from '../../src/domain/imageDataset';
import { writeEncoder } from '../../src/engine/run/export/encoderFile';
import type { EncoderWeights } from '../../src/engine/run/export/encoderWeights';
import type { CommandBody } from '../../src/protocol/commands';
import type { Event } from '../../src/protocol/events';
import { CheckpointDatabase } from '../../src/storage/checkpointDatabase';
import { Host } from '../../src/worker/host';
import { maxError } from '../fixtures/golden';
import { smallRun } from '../setup/checkpoints';
import { drawnEncoder } from '../setup/encoders';
import { describeOnEngines } from '../setup/engine';
import { syntheticDataset } from '../setup/syntheticDataset';

const CONFIG = smallRun({ totalSteps: 8 });

class TestHost {
  readonly events: Event[] = [];
  readonly #host = new Host((event) => this.events.push(structuredClone(event)));
  #id = 0;

  async send(command: CommandBody): Promise<Extract<Event, { type: 'reply' | 'failure' }>> {
    const id = this.#id++;
    await this.#host.handle({ id, ...command } as Parameters<Host['handle']>[0]);
    return this.events.find(
      (event) => (event.type === 'reply' || event.type === 'failure') && event.id === id,
    ) as never;
  }

  async explore(command: Omit<Extract<CommandBody, { type: 'explore' }>, 'type'>): Promise<Explored> {
    const answer = await this.send({ type: 'explore', ...command });
    if (answer.type !== 'reply') throw new Error(answer.error.message);
    return answer.result as Explored;
  }

  get losses() {
    return this.events.flatMap((event) =>
      event.type === 'signal' && event.signal.kind === 'measurements'
        ? event.signal.value.flatMap(({ loss }) => loss ?? [])
        : [],
    );
  }
}

/** Images of which the second half repeats the first: each is the nearest of its copy. */
function doubled(count: number): ImageDataset {
  const { pixels, ...rest } = syntheticDataset(count);
  const half = pixels.slice(0, pixels.length / 2);
  const twice = new Uint8Array(pixels.length);
  twice.set(half);
  twice.set(half, half.length);
  return { ...rest, pixels: twice };
}

describeOnEngines(['wasm'], 'exploring the images', () => {
  async function host(): Promise<TestHost> {
    const worker = new TestHost();
    await worker.send({ type: 'init', engine: 'wasm' });
    await worker.send({ type: 'setDataset', dataset: doubled(96) });
    return worker;
  }

  async function withRun(): Promise<TestHost> {
    const worker = await host();
    await worker.send({ type: 'create', runId: 'run', config: CONFIG, changes: [] });
    for (let i = 0; i < 3; i++) await worker.send({ type: 'step', runId: 'run' });
    return worker;
  }

  it.each(['run', 'pixels'] as const)('by %s finds each image’s copy, and so does a search', async (by) => {
    const worker = await withRun();
    const { exploration, features } = await worker.explore({ runId: by === 'run' ? 'run' : null, by });
    const { graph, step, quality } = exploration;
    expect([graph.n, graph.isExact, step, quality, features.n]).toEqual([96, true, by === 'run' ? 3 : null, null, 96]);
    for (let i = 0; i < 96; i++) {
      expect(graph.indices[i * graph.k]).toBe((i + 48) % 96);
      expect(graph.similarities[i * graph.k]).toBeCloseTo(1, 5);
    }
    const found = await worker.send({ type: 'search', query: 5, most: 4 });
    expect(found).toMatchObject({ result: [{ image: 53, similarity: expect.closeTo(1, 5) }, {}, {}, {}] });
    const progress = worker.events.flatMap((event) => (event.type === 'progress' ? [event] : []));
    expect(progress.at(-1)?.done).toBe(progress.at(-1)?.total);
    await worker.send({ type: 'setDataset', dataset: syntheticDataset(8) });
    expect(await worker.send({ type: 'search', query: 5, most: 4 })).toMatchObject({
      error: { message: 'There is nothing to search yet. Explore the images again.' },
    });
  });

  it('lets the run go on to the same numbers', async () => {
    const alone = await withRun();
    await alone.send({ type: 'step', runId: 'run' });
    const explored = await withRun();
    await explored.explore({ runId: 'run', by: 'run' });
    await explored.send({ type: 'step', runId: 'run' });
    expect(explored.losses).toEqual(alone.losses);
    expect(alone.losses).toHaveLength(4);
  });

  it('measures what was explored by, against the untrained network and raw pixels; the run goes on to the same numbers', async () => {
    const worker = await withRun();
    const { measuringMs } = await worker.explore({ runId: 'run', by: 'run' });
    expect(measuringMs).toBeGreaterThan(0);
    const answer = await worker.send({ type: 'measureExplored' });
    expect(answer).toMatchObject({ type: 'reply', to: 'measureExplored' });
    const { verdict, sentence, comparisons } = (answer as { result: BottomLine }).result;
    // Three steps teach nothing.
    expect(verdict).not.toBe('yes');
    expect(comparisons.map(({ measure }) => measure)).toEqual(['linear probe', 'kNN accuracy', 'view retrieval']);
    expect(sentence).toMatch(/raw pixels \d+\.\d ± \d+\.\d %/);
    const progress = worker.events.filter((event) => event.type === 'progress' && event.id === answer.id);
    expect(progress.at(-1)).toMatchObject({ total: (progress.at(-1) as { done: number }).done });
    await worker.send({ type: 'step', runId: 'run' });
    const alone = await withRun();
    await alone.send({ type: 'step', runId: 'run' });
    expect(worker.losses).toEqual(alone.losses);
  });

  it('ends a measurement that is cancelled, leaves no tensor, and has nothing to measure of raw pixels or other images', async () => {
    const worker = await withRun();
    await worker.explore({ runId: 'run', by: 'run' });
    const { numTensors } = tf.memory();
    const first = worker.send({ type: 'measureExplored' });
    expect(await worker.send({ type: 'measureExplored' })).toMatchObject({
      error: { message: expect.stringMatching(/being measured already/) },
    });
    await worker.send({ type: 'cancelMeasuring' });
    expect(await first).toMatchObject({ type: 'failure', error: { code: 'cancelled' } });
    expect(await worker.send({ type: 'measureExplored' })).toMatchObject({ type: 'reply' });
    expect(tf.memory().numTensors).toBe(numTensors);
    expect((await worker.explore({ runId: null, by: 'pixels' })).measuringMs).toBeNull();
    const nothing = { error: { message: expect.stringMatching(/^There is no encoder to measure/) } };
    expect(await worker.send({ type: 'measureExplored' })).toMatchObject(nothing);
    await worker.explore({ runId: 'run', by: 'run' });
    await worker.send({ type: 'setDataset', dataset: syntheticDataset(8) });
    expect(await worker.send({ type: 'measureExplored' })).toMatchObject(nothing);
  });

  it('measures a run that began with an opened file beside these weights, and without them once another file is opened', async () => {
    globalThis.indexedDB = new IDBFactory();
    const worker = await host();
    const begins = drawnEncoder({ ...CONFIG, engine: 'wasm' });
    const open = (encoder: EncoderWeights) =>
      worker.send({ type: 'openFile', file: new Blob([writeEncoder(encoder)]), name: 'begins', keptId: 'unused' });
    await open(begins);
    expect(await worker.send({ type: 'beginFromOpened', config: CONFIG, keptId: 'warm' })).toMatchObject({
      type: 'reply',
    });
    const dataset = { name: 'synthetic', count: 96, sample: null, fingerprint: '1' };
    const keeping = { id: 'warm', parent: null, dataset, forksAt: [], budget: 1e9 };
    const from = { id: 'warm', step: null };
    const resumed = await worker.send({ type: 'resume', runId: 'run', from, changes: [], keeping });
    expect(resumed).toMatchObject({ type: 'reply' });
    const measured = async () => {
      await worker.explore({ runId: 'run', by: 'run' });
      const answer = await worker.send({ type: 'measureExplored' });
      return (answer as { result: BottomLine }).result.comparisons;
    };
    const beside = await measured();
    expect(beside.map(({ given }) => typeof given?.value)).toEqual(['number', 'number', 'number']);
    const last = worker.events.filter((event) => event.type === 'progress').at(-1);
    expect(last).toMatchObject({ total: (last as { done: number }).done });
    await open({ ...begins, step: 8 });
    for (const comparison of await measured()) expect(comparison).not.toHaveProperty('given');
  });

  it('explores by a kept run, also where its last checkpoint is damaged; the run on the page goes on', async () => {
    globalThis.indexedDB = new IDBFactory();
    const worker = await host();
    const keeping = {
      id: 'kept',
      parent: null,
      dataset: { name: 'synthetic', count: 96, sample: null, fingerprint: '1' },
      forksAt: [2],
      budget: 1e9,
    };
    await worker.send({ type: 'create', runId: 'earlier', config: CONFIG, changes: [], keeping });
    for (let i = 0; i < 3; i++) {
      await worker.send({ type: 'step', runId: 'earlier' });
      await worker.send({ type: 'keep', runId: 'earlier' });
    }
    const { features: own } = await worker.explore({ runId: 'earlier', by: 'run' });
    const other = { ...CONFIG, outputDim: 8, seed: 9 };
    await worker.send({ type: 'create', runId: 'run', config: other, changes: [] });
    await worker.send({ type: 'step', runId: 'run' });
    const facts = { step: 3, featureDim: own.d, notes: [] };
    expect(await worker.send({ type: 'openKept', keptId: 'kept' })).toMatchObject({ result: facts });
    const { exploration, features } = await worker.explore({ runId: null, by: 'opened' });
    expect([exploration.by, exploration.step]).toEqual(['opened', null]);
    expect(maxError(features.data, own.data)).toBeLessThan(1e-5);

    const database = new CheckpointDatabase();
    const pointer = await database.pointer('kept');
    const steps = pointer!.steps.map(({ step }) => step);
    const bytes = (await database.read('kept', 3))!.slice(0, -100);
    await database.put(pointer!, { isNew: false, checkpoint: { step: 3, file: bytes } });
    const again = await worker.send({ type: 'openKept', keptId: 'kept' });
    if (steps.length > 1) {
      expect(again).toMatchObject({
        result: { step: steps.at(-2), notes: [expect.stringMatching(/^The checkpoint after step 3 /)] },
      });
    } else expect(again).toMatchObject({ error: { code: 'no-checkpoint' } });
    await database.remove('kept');
    expect(await worker.send({ type: 'openKept', keptId: 'kept' })).toMatchObject({
      error: {
        code: 'no-checkpoint',
        message: expect.stringMatching(/^This run has no checkpoint\. .*Nothing on the page was replaced/),
      },
    });
    // The encoder that was open stays.
    await worker.explore({ runId: null, by: 'opened' });
    expect(await worker.send({ type: 'step', runId: 'run' })).toMatchObject({ type: 'reply' });
  });

  it('is cancelled, refused without a run or an encoder, and one at a time', async () => {
    const worker = await withRun();
    const first = worker.send({ type: 'explore', runId: 'run', by: 'run' });
    expect(await worker.send({ type: 'explore', runId: 'run', by: 'run' })).toMatchObject({
      error: { message: expect.stringMatching(/being explored already/) },
    });
    await worker.send({ type: 'cancelExplore' });
    expect(await first).toMatchObject({ type: 'failure', error: { code: 'cancelled' } });
    expect(await worker.send({ type: 'explore', runId: null, by: 'run' })).toMatchObject({
      error: { code: 'stale-run' },
    });
    expect(await worker.send({ type: 'explore', runId: null, by: 'opened' })).toMatchObject({
      error: { code: 'unusable-file' },
    });
    await worker.explore({ runId: 'run', by: 'run' });
  });
});
