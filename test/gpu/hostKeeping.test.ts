import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunKeeping } from '../../src/domain/keptRun';
import type { RunSignal } from '../../src/domain/signal';
import type { CommandBody } from '../../src/protocol/commands';
import type { Event } from '../../src/protocol/events';
import { isEvent } from '../../src/protocol/guards';
import { CheckpointDatabase } from '../../src/storage/checkpointDatabase';
import { Host } from '../../src/worker/host';
import { smallRun } from '../setup/checkpoints';
import { describeOnEngines } from '../setup/engine';
import { syntheticDataset } from '../setup/syntheticDataset';

const CONFIG = smallRun({ totalSteps: 8 });
const KEEPING: RunKeeping = {
  id: 'kept',
  parent: null,
  dataset: { name: 'synthetic', count: 40, sample: null, fingerprint: '1' },
  forksAt: [],
  budget: 1e9,
};

type Answer = Extract<Event, { type: 'reply' | 'failure' }>;

/** A host as the page meets it: what it was sent, and what it said. */
class TestHost {
  readonly events: Event[] = [];
  readonly #host = new Host((event) => this.events.push(structuredClone(event)));
  #nextId = 0;

  async send<T extends CommandBody['type']>(command: Extract<CommandBody, { type: T }>): Promise<Answer> {
    const id = this.#nextId++;
    await this.#host.handle({ id, ...command } as Parameters<Host['handle']>[0]);
    const answers = this.events.filter((event): event is Answer => 'id' in event && event.id === id);
    expect(answers).toHaveLength(1);
    return answers[0]!;
  }

  async begin(dataset = syntheticDataset(40)): Promise<void> {
    await this.send({ type: 'init', engine: 'wasm' });
    await this.send({ type: 'setDataset', dataset });
  }

  async create(runId: string, { config = CONFIG, ...keeping }: Partial<RunKeeping> & { config?: typeof CONFIG } = {}) {
    await this.begin();
    expect(
      await this.send({ type: 'create', runId, config, changes: [], keeping: { ...KEEPING, ...keeping } }),
    ).toMatchObject({ type: 'reply' });
  }

  async steps(runId: string, count: number): Promise<void> {
    for (let i = 0; i < count; i++) expect((await this.send({ type: 'step', runId })).type).toBe('reply');
  }

  async trainToEnd(runId: string): Promise<void> {
    await this.send({ type: 'train', runId });
    await expect.poll(() => this.of(runId, 'state').at(-1)?.state).toBe('finished');
  }

  async resume(runId: string, more: Partial<Extract<CommandBody, { type: 'resume' }>> = {}) {
    await this.begin();
    const from = { id: 'kept', step: null };
    return this.send({ type: 'resume', runId, from, changes: [], keeping: KEEPING, ...more });
  }

  of<K extends RunSignal['kind']>(runId: string, kind: K) {
    return this.events.flatMap((event) =>
      event.type === 'signal' && event.runId === runId && event.signal.kind === kind
        ? [event.signal.value as Extract<RunSignal, { kind: K }>['value']]
        : [],
    );
  }

  kinds(runId: string) {
    return this.events.flatMap((event) => (event.type === 'signal' && event.runId === runId ? event.signal.kind : []));
  }

  losses(runId: string) {
    return this.of(runId, 'measurements').flatMap((items) =>
      items.flatMap(({ step, loss }) => (loss === undefined ? [] : [[step, loss] as const])),
    );
  }

  kept(runId: string) {
    return this.of(runId, 'kept').at(-1);
  }

  /** The steps that are kept in the end. */
  async keptSteps(runId: string) {
    await this.send({ type: 'keep', runId });
    return this.kept(runId)?.steps.map(({ step }) => step);
  }
}

describeOnEngines(['wasm'], 'a host that keeps runs', () => {
  let hosts: TestHost[];

  beforeEach(() => {
    globalThis.indexedDB = new IDBFactory();
    hosts = [];
  });
  afterEach(async () => {
    for (const host of hosts) {
      await host.send({ type: 'setDataset', dataset: syntheticDataset(8) });
      expect(host.events.every(isEvent)).toBe(true);
      expect(host.events.filter(({ type }) => type === 'error')).toEqual([]);
    }
  });

  function newHost(): TestHost {
    const host = new TestHost();
    hosts.push(host);
    return host;
  }

  /** A run of three steps, and the losses that it has without an interruption. */
  async function interrupted(keeping: Partial<RunKeeping> = {}) {
    const whole = newHost();
    await whole.create('whole', { id: 'whole' });
    await whole.trainToEnd('whole');
    const host = newHost();
    await host.create('run', keeping);
    await host.steps('run', 3);
    await host.send({ type: 'keep', runId: 'run' });
    return { host, losses: whole.losses('whole') };
  }

  it('goes on from the last checkpoint in a new worker with the same losses to the bit', async () => {
    const { host, losses } = await interrupted();
    expect(host.kept('run')).toMatchObject({ steps: [{ step: 3 }], problem: null });
    const later = newHost();
    const answer = await later.resume('again');
    expect(answer).toMatchObject({ type: 'reply', result: { step: 3, config: CONFIG, changes: [], notes: [] } });
    const kinds = later.kinds('again');
    expect(kinds[0]).toBe('rewound');
    expect(later.of('again', 'rewound')).toEqual([{ step: 3 }]);
    expect(later.of('again', 'state')).toEqual([{ state: 'paused', step: 3 }]);
    expect(kinds.lastIndexOf('measurements')).toBeLessThan(kinds.indexOf('state'));
    expect(later.losses('again')).toEqual(losses.slice(0, 3));
    await later.trainToEnd('again');
    expect(later.losses('again')).toEqual(losses);
    expect(await later.keptSteps('again')).toEqual([8]);
    const { pointers } = await new CheckpointDatabase().pointers();
    expect(pointers.find(({ id }) => id === 'kept')).toMatchObject({ last: 8, config: CONFIG });
  });
});
