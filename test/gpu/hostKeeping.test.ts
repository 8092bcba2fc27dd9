import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { orderOf } from '../../src/domain/derivation';
import type { RunKeeping } from '../../src/domain/keptRun';
import type { LiveChange, RunConfig } from '../../src/domain/runConfig';
import type { RunSignal } from '../../src/domain/signal';
import { Trainer } from '../../src/engine/run/trainer';
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

interface Run extends Partial<RunKeeping> {
  readonly config?: RunConfig;
  readonly changes?: readonly LiveChange[];
}

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

  async create(runId: string, { config = CONFIG, changes = [], ...keeping }: Run = {}) {
    await this.begin();
    const command = { runId, config, changes, keeping: { ...KEEPING, ...keeping } };
    expect(await this.send({ type: 'create', ...command })).toMatchObject({ type: 'reply' });
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
    vi.restoreAllMocks();
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

  /** A run of three steps. */
  async function interrupted(run: Run = {}): Promise<TestHost> {
    const host = newHost();
    await host.create('run', run);
    await host.steps('run', 3);
    await host.send({ type: 'keep', runId: 'run' });
    return host;
  }

  /** A run without an interruption. */
  async function wholeRun(): Promise<TestHost> {
    const host = newHost();
    await host.create('whole', { id: 'whole' });
    await host.trainToEnd('whole');
    return host;
  }

  it('goes on from the last checkpoint in a new worker with the same losses to the bit', async () => {
    const losses = (await wholeRun()).losses('whole');
    const host = await interrupted();
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

  it('goes on from what is kept when memory runs out, and what is kept then opens to the same numbers', async () => {
    const losses = (await wholeRun()).losses('whole');
    const host = await interrupted();
    const { advance } = Trainer.prototype;
    let isOut = false;
    vi.spyOn(Trainer.prototype, 'advance').mockImplementation(async function (this: Trainer) {
      if (this.step === 5 && !isOut) {
        isOut = true;
        throw new RangeError('Array buffer allocation failed');
      }
      return advance.call(this);
    });
    await host.send({ type: 'train', runId: 'run' });
    await expect.poll(() => host.of('run', 'rewound')).toEqual([{ step: 3 }]);
    await host.send({ type: 'pause', runId: 'run' });
    await host.send({ type: 'keep', runId: 'run' });
    const [marker] = host.of('run', 'marker');
    expect(marker).toEqual({ kind: 'recovery', step: 3, cause: 'out-of-memory' });
    const pointer = await new CheckpointDatabase().pointer('kept');
    expect(pointer?.steps.map(({ step }) => step)).toEqual([pointer?.last]);
    expect(pointer?.last).toBe(host.of('run', 'state').at(-1)?.step);

    const later = newHost();
    expect(await later.resume('again')).toMatchObject({ result: { step: pointer?.last, notes: [] } });
    expect(later.of('again', 'marker')).toEqual([marker]);
    await later.trainToEnd('again');
    expect(later.losses('again')).toEqual(losses);
  });

  it('begins a fork at any kept step, which keeps a copy of its first checkpoint at once and can itself be reopened', async () => {
    // The link of the parent plans a change after that step, which is not the fork's.
    const host = await interrupted({ forksAt: [2], changes: [[3, 'baseLearningRate', 0.9]] });
    expect(await host.keptSteps('run')).toEqual([2, 3]);
    const changes = [['stopGradient', false]] as const;
    const parent = { id: 'kept', step: 2 };
    const keeping = { ...KEEPING, id: 'fork', parent };
    const answer = await host.send({ type: 'resume', runId: 'forked', from: parent, changes, keeping });
    const made = [[2, 'stopGradient', false]];
    expect(answer).toMatchObject({ result: { step: 2, config: CONFIG, changes: made, notes: [] } });
    expect(host.of('forked', 'rewound')).toEqual([{ step: 2 }]);
    expect(host.of('forked', 'marker').at(-1)).toEqual({ kind: 'change', step: 2, key: 'stopGradient', value: false });
    await expect.poll(() => host.kept('forked')?.steps.map(({ step }) => step)).toEqual([2]);
    const storage = new CheckpointDatabase();
    expect(await storage.pointer('fork')).toMatchObject({ parent, changes: made, last: 2 });
    const before = await storage.read('fork', 2);
    const pointer = await storage.pointer('fork');
    await host.trainToEnd('forked');
    expect(host.of('forked', 'marker')).toHaveLength(1);

    // As if the page had been closed before the fork's first step.
    const written = { ...pointer!, id: 'untrained' };
    await storage.put(written, { isNew: true, checkpoint: { step: 2, file: before! } });
    const reopened = { ...keeping, id: 'untrained' };
    const from = { id: 'untrained', step: null };
    expect(await host.send({ type: 'resume', runId: 'later', from, changes: [], keeping: reopened })).toMatchObject({
      result: { step: 2, changes: made },
    });
    await host.trainToEnd('later');
    expect(host.losses('later')).toEqual(host.losses('forked'));
    expect((await storage.pointer('kept'))?.steps.map(({ step }) => step)).toEqual([2, 3]);
  });

  it('keeps a checkpoint before each change, planned or made by hand, and the change with it', async () => {
    const whole = newHost();
    await whole.create('whole', { id: 'whole', changes: [[2, 'baseLearningRate', 0.2]] });
    await whole.steps('whole', 4);
    await whole.send({ type: 'change', runId: 'whole', key: 'stopGradient', value: false });
    expect(await whole.keptSteps('whole')).toEqual([2, 4]);
    const pointer = await new CheckpointDatabase().pointer('whole');
    expect(pointer?.steps.map(({ keptFor }) => keptFor)).toEqual([['change'], ['change']]);
    const changes = [
      [2, 'baseLearningRate', 0.2],
      [4, 'stopGradient', false],
    ];
    expect(pointer?.changes).toEqual(changes);
    // The change at step 4 was made after the checkpoint of this step, and is made again.
    const later = newHost();
    const from = { id: 'whole', step: null };
    expect(await later.resume('again', { from, keeping: { ...KEEPING, id: 'whole' } })).toMatchObject({
      result: { step: 4, changes },
    });
    await whole.trainToEnd('whole');
    await later.begin();
    await later.resume('once more', { from: { id: 'whole', step: 4 }, keeping: { ...KEEPING, id: 'other' } });
    await later.send({ type: 'change', runId: 'once more', key: 'stopGradient', value: false });
    await later.trainToEnd('once more');
    expect(later.losses('once more')).toEqual(whole.losses('whole'));
  });

  it('takes the checkpoint before a damaged one, names it, and leaves it where it is', async () => {
    const host = await interrupted({ forksAt: [1, 2] });
    const storage = new CheckpointDatabase();
    const pointer = await storage.pointer('kept');
    async function damage(step: number): Promise<Uint8Array> {
      const file = (await storage.read('kept', step))!.slice();
      file[file.length - 1]! ^= 1;
      await storage.put(pointer!, { isNew: false, checkpoint: { step, file } });
      return file;
    }
    const resume = (runId: string, step: number | null = null) =>
      host.send({ type: 'resume', runId, from: { id: 'kept', step }, changes: [], keeping: KEEPING });
    const damaged = await damage(3);
    expect(await resume('again')).toMatchObject({
      result: {
        step: 2,
        notes: [
          'The checkpoint after step 3 is damaged: its checksum does not fit its content; the run goes on from step 2.',
        ],
      },
    });
    expect(host.losses('again')).toEqual(host.losses('run').slice(0, 2));
    expect(await storage.read('kept', 3)).toEqual(damaged);
    expect(await resume('third', 3)).toMatchObject({
      error: {
        code: 'no-checkpoint',
        message: 'The checkpoint after step 3 is damaged: its checksum does not fit its content. Choose another step.',
      },
    });
    expect(await resume('seventh', 7)).toMatchObject({
      error: { message: 'The checkpoint after step 7 is missing. Choose another step.' },
    });
    await damage(1);
    await damage(2);
    expect(await resume('none')).toMatchObject({
      error: {
        code: 'no-checkpoint',
        message: expect.stringMatching(/^None of the run's 3 checkpoints can be read. The checkpoint after step 3 is/),
      },
    });
    expect(
      await host.send({ type: 'resume', runId: 'x', from: { id: 'x', step: null }, changes: [], keeping: KEEPING }),
    ).toMatchObject({ error: { code: 'no-checkpoint', message: expect.stringContaining('has no checkpoint') } });
  });

  it('refuses other images, and says which it needs', async () => {
    const host = await interrupted();
    await host.send({ type: 'setDataset', dataset: syntheticDataset(48) });
    const from = { id: 'kept', step: null };
    expect(await host.send({ type: 'resume', runId: 'x', from, changes: [], keeping: KEEPING })).toMatchObject({
      error: {
        code: 'no-checkpoint',
        message: expect.stringMatching(/48 images in place of 40.*Load the images of “synthetic”/),
      },
    });
  });

  it('goes on with chosen images when they are chosen again, and refuses others of the same number', async () => {
    const dataset = syntheticDataset(60);
    const deriving = async (host: TestHost, images: string) => {
      await host.begin(syntheticDataset(60));
      const reading = { seed: 1, holdOut: 'images', batchSize: CONFIG.batchSize } as const;
      const derivation = { from: '', of: orderOf(dataset), images };
      const answer = await host.send({ type: 'derive', derivation, reading });
      if (answer.type !== 'reply' || answer.to !== 'derive' || 'refusal' in answer.result) throw new Error('refused');
      const { number, info } = answer.result;
      expect(await host.send({ type: 'takeNext', number })).toMatchObject({ type: 'reply' });
      return { ...KEEPING, dataset: { ...KEEPING.dataset, name: info.name, derivation: info.derivation } };
    };
    const host = newHost();
    const keeping = await deriving(host, '0-29.45-54');
    await host.send({ type: 'create', runId: 'run', config: CONFIG, changes: [], keeping });
    await host.steps('run', 3);
    await host.send({ type: 'keep', runId: 'run' });
    const later = newHost();
    const from = { id: 'kept', step: null };
    const resume = (keeps: RunKeeping) =>
      later.send({ type: 'resume', runId: 'again', from, changes: [], keeping: keeps });
    expect(await resume(await deriving(later, '15-44.45-54'))).toMatchObject({
      error: { code: 'no-checkpoint', message: expect.stringContaining('other ones of them are chosen') },
    });
    expect(await resume(await deriving(later, '0-29.45-54'))).toMatchObject({ type: 'reply', result: { step: 3 } });
    await later.steps('again', 1);
    expect(later.losses('again').slice(0, 3)).toEqual(host.losses('run'));
    const { pointers } = await new CheckpointDatabase().pointers();
    expect(pointers.find(({ id }) => id === 'kept')?.dataset.derivation?.images).toBe('0-29.45-54');
  });

  it('says that the storage is full, trains on, keeps what it had, and tries again', async () => {
    const host = await interrupted();
    const put = IDBObjectStore.prototype.put;
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...rest) {
      if (this.name === 'checkpoints') throw new DOMException('no room', 'QuotaExceededError');
      return put.apply(this, rest);
    });
    await host.steps('run', 1);
    await host.send({ type: 'keep', runId: 'run' });
    expect(host.kept('run')).toMatchObject({ steps: [{ step: 3 }], problem: 'full' });
    full.mockRestore();
    await host.send({ type: 'keep', runId: 'run' });
    expect(host.kept('run')).toMatchObject({ steps: [{ step: 4 }], problem: null });
    expect((await new CheckpointDatabase().pointer('kept'))?.last).toBe(4);
  });

  it('trains on while a checkpoint is written, and writes one at a time', async () => {
    let finish = () => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const put = CheckpointDatabase.prototype.put;
    const puts = vi.spyOn(CheckpointDatabase.prototype, 'put').mockImplementation(async function (
      this: CheckpointDatabase,
      ...rest
    ) {
      await slow;
      return put.apply(this, rest);
    });
    const host = newHost();
    await host.create('run', { forksAt: [1, 2, 3] });
    await host.trainToEnd('run');
    await expect.poll(() => puts.mock.calls.length).toBe(1);
    finish();
    expect(await host.keptSteps('run')).toEqual([1, 2, 3, 8]);
    const written = host.of('run', 'kept').map(({ steps }) => steps.map(({ step }) => step));
    expect(written).toEqual([[1], [1, 2], [1, 2, 3], [1, 2, 3, 8]]);
    puts.mockRestore();
  });

  it('keeps no more than the budget of all runs allows, and says so', async () => {
    await wholeRun();
    const host = await interrupted({ forksAt: [1, 2], budget: 1 });
    expect(host.kept('run')).toMatchObject({ steps: [{ step: 1 }, { step: 2 }, { step: 3 }], problem: 'over-budget' });
    expect((await new CheckpointDatabase().pointer('whole'))?.steps).toHaveLength(1);
  });

  it('goes on from the good weights where it diverged, and keeps none that are not finite', async () => {
    const host = newHost();
    // Each update more than doubles every weight, until float32 overflows.
    const poison = { baseLearningRate: 100, weightDecay: 1, momentum: 0, headBatchNorm: 'none' } as const;
    const forksAt = Array.from({ length: 100 }, (_, i) => i);
    await host.create('run', { config: { ...CONFIG, totalSteps: 200, ...poison }, forksAt });
    await host.send({ type: 'train', runId: 'run' });
    await expect.poll(() => host.of('run', 'state').at(-1)?.state).toBe('diverged');
    const steps = await host.keptSteps('run');
    expect(steps?.slice(0, 2)).toEqual([0, 1]);
    expect(host.of('run', 'kept').filter(({ problem }) => problem !== null)).toEqual([]);
    expect((await new CheckpointDatabase().pointer('kept'))?.last).toBe(0);
    const answer = await host.resume('again', { from: { id: 'kept', step: steps?.at(-1) ?? 0 } });
    expect(answer).toMatchObject({ result: { notes: [] } });
    await host.resume('first');
    expect(host.of('first', 'state')).toEqual([{ state: 'paused', step: 0 }]);
  });

  it('keeps runs in memory where the browser stores nothing: forks work', async () => {
    globalThis.indexedDB.open = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    const host = await interrupted({ forksAt: [2] });
    expect(host.kept('run')).toMatchObject({ steps: [{ step: 2 }, { step: 3 }], problem: 'unavailable' });
    const from = { id: 'kept', step: 2 };
    const keeping = { ...KEEPING, id: 'fork', parent: from };
    expect(await host.send({ type: 'resume', runId: 'fork', from, changes: [], keeping })).toMatchObject({
      result: { step: 2, notes: [] },
    });
  });
});
