import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, it } from 'vitest';
import type { OpenedFile } from '../../src/domain/takeAlong';
import { writeEncoder } from '../../src/engine/run/export/encoderFile';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors';
import type { CommandBody } from '../../src/protocol/commands';
import type { Event } from '../../src/protocol/events';
import { Host } from '../../src/worker/host';
import { smallRun } from '../setup/checkpoints';
import { drawnEncoder } from '../setup/encoders';
import { describeOnEngines } from '../setup/engine';
import { syntheticDataset } from '../setup/syntheticDataset';

const CONFIG = smallRun();
const NETWORK = { backbone: 'tiny', stemStride: 1 } as const;

/** Weights of other people: without our metadata. */
const WEIGHTS = new Blob([
  writeSafetensors({ tensors: readSafetensors(writeEncoder(drawnEncoder(NETWORK))).tensors, metadata: new Map() }),
]);

class TestHost {
  readonly events: Event[] = [];
  readonly #host = new Host((event) => this.events.push(structuredClone(event)));
  #id = 0;

  /** @throws Error with the message of a failure */
  async send(command: CommandBody): Promise<unknown> {
    const id = this.#id++;
    await this.#host.handle({ id, ...command } as Parameters<Host['handle']>[0]);
    const answer = this.events.find((event) => 'id' in event && event.id === id && event.type !== 'progress');
    if (answer?.type === 'failure') throw new Error(answer.error.message);
    return answer?.type === 'reply' ? answer.result : null;
  }

  async ready(): Promise<this> {
    await this.send({ type: 'init', engine: 'wasm' });
    await this.send({ type: 'setDataset', dataset: syntheticDataset(96) });
    return this;
  }

  open(): Promise<unknown> {
    return this.send({ type: 'openFile', file: WEIGHTS, name: 'theirs.safetensors', keptId: 'unused' });
  }

  begin(keptId: string): Promise<unknown> {
    return this.send({ type: 'beginFromOpened', config: CONFIG, keptId });
  }

  /** The loss of the first step of a run that goes on from a kept one. */
  async losses(id: string): Promise<number[]> {
    const keeping = {
      id,
      parent: null,
      dataset: { name: 'synthetic', count: 96, sample: null, fingerprint: '1' },
    } as const;
    const from = this.events.length;
    await this.send({ type: 'resume', runId: id, from: { id, step: null }, changes: [], keeping: keeping as never });
    await this.send({ type: 'step', runId: id });
    await this.send({ type: 'pause', runId: id });
    return this.events.slice(from).flatMap((event) => {
      if (event.type !== 'signal' || event.signal.kind !== 'measurements') return [];
      return event.signal.value.flatMap(({ loss }) => loss ?? []);
    });
  }
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describeOnEngines(['wasm'], 'a run from opened weights', () => {
  it('is kept at step 0 with their network, named after the file, and trains', async () => {
    const host = await new TestHost().ready();
    await host.open();
    const made = (await host.begin('warm')) as Extract<OpenedFile, { kind: 'run' }>;
    expect(made).toMatchObject({ kind: 'run', id: 'warm', name: 'from theirs.safetensors', step: 0, hasImages: false });
    expect(made.config).toEqual({ ...CONFIG, ...NETWORK, stem: 'cifar', imageSize: 32 });
    const losses = await host.losses('warm');
    expect(losses).toHaveLength(1);
    expect(losses.every(Number.isFinite)).toBe(true);
  });

  it('depends on what images are normalised with', async () => {
    const losses = async (prepare: boolean) => {
      const host = await new TestHost().ready();
      await host.open();
      if (prepare) await host.send({ type: 'prepareOpened', as: { kind: 'none' } });
      await host.begin('warm');
      return host.losses('warm');
    };
    const [assumed, none] = [await losses(false), await losses(true)];
    expect(await losses(false).catch(() => [])).toEqual(assumed);
    expect(none).not.toEqual(assumed);
  });

  it('is refused where no file is open, and a file that says nothing of images is named', async () => {
    const host = await new TestHost().ready();
    await expect(host.begin('warm')).rejects.toThrow('There is no opened file of weights: open it first.');
    await host.open();
    const as = { kind: 'file', name: 'list.json', text: '[1' } as const;
    await expect(host.send({ type: 'prepareOpened', as })).rejects.toThrow('“list.json” is damaged: it is not JSON.');
  });
});
