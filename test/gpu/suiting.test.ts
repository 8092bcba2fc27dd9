import { expect, it } from 'vitest';
import type { ImageDataset } from '../../src/domain/imageDataset';
import type { RunConfig } from '../../src/domain/runConfig';
import type { SuitTable } from '../../src/domain/suiting/suitTable';
import { suitVerdict } from '../../src/domain/suiting/verdict';
import type { TuningCache } from '../../src/engine/kernels/tuning/tuningCache';
import type { CommandBody } from '../../src/protocol/commands';
import type { Event } from '../../src/protocol/events';
import { Host } from '../../src/worker/host';
import { measuredByStep, smallRun } from '../setup/checkpoints';
import { describeOnEngines } from '../setup/engine';
import { LONG } from '../setup/matrix';
import { syntheticDataset } from '../setup/syntheticDataset';

const CONFIG: RunConfig = smallRun({
  totalSteps: 8,
  batchSize: 32,
  knn: { every: 4, k: 5, temperature: 0.1, bank: 32, queries: 16 },
});
/** By the clock of the test, in which each look takes a tenth of a second: enough for the smallest search. */
const SECONDS = 45;
const LOOK_MS = 100;

type Answer = Extract<Event, { type: 'reply' | 'failure' }>;

class TestHost {
  readonly events: Event[] = [];
  readonly #host: Host;
  #time = 0;
  #id = 0;

  constructor(tuning: TuningCache | undefined) {
    const now = () => {
      this.#time += LOOK_MS;
      return this.#time;
    };
    this.#host = new Host((event) => this.events.push(structuredClone(event)), { now, ...(tuning && { tuning }) });
  }

  async send(command: CommandBody): Promise<Answer> {
    const id = this.#id++;
    await this.#host.handle({ id, ...command } as Parameters<Host['handle']>[0]);
    return this.events.find(
      (event): event is Answer => (event.type === 'reply' || event.type === 'failure') && event.id === id,
    )!;
  }

  async steps(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.send({ type: 'step', runId: 'run' });
  }

  suit(seconds = SECONDS, config = CONFIG): Promise<Answer> {
    return this.send({ type: 'suit', config, seconds });
  }

  get tables(): SuitTable[] {
    return this.events.flatMap((event) => (event.type === 'progress' && event.table ? [event.table] : []));
  }

  get measured() {
    return measuredByStep(this.events.flatMap((event) => (event.type === 'signal' ? [event.signal] : [])));
  }
}

/** Keeps the choices of one host. */
function memoryTuning(): TuningCache {
  const choices = new Map<string, string>();
  return { get: async (key) => choices.get(key) ?? null, set: async (key, value) => void choices.set(key, value) };
}

describeOnEngines(LONG ? ['webgpu', 'wasm'] : ['wasm'], 'a search for settings', (engine) => {
  const tuning = engine === 'webgpu' ? memoryTuning() : undefined;

  async function withRun(dataset: ImageDataset = syntheticDataset(160), taken = 3): Promise<TestHost> {
    const worker = new TestHost(tuning);
    await worker.send({ type: 'init', engine: engine === 'cpu' ? 'wasm' : engine });
    await worker.send({ type: 'setDataset', dataset });
    await worker.send({ type: 'create', runId: 'run', config: CONFIG, changes: [] });
    await worker.steps(taken);
    return worker;
  }

  it('trains candidates beside the run, which goes on to the same numbers', async () => {
    const alone = await withRun();
    await alone.steps(5);
    const searched = await withRun();
    const answer = await searched.suit();
    if (answer.type !== 'reply') throw new Error(answer.error.message);
    await searched.steps(5);
    expect(searched.measured).toEqual(alone.measured);
    expect(alone.measured.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);

    const table = answer.result as SuitTable;
    expect(table).toMatchObject({ measure: 'knn', tested: 26, ending: 'complete', task: null });
    expect(table.entries[0]!.config).toEqual(CONFIG);
    for (const { outcomes } of table.entries) {
      expect(outcomes[0]).toMatchObject({ kind: 'score', standardError: expect.any(Number) });
    }
    expect(['ahead', 'keep']).toContain(suitVerdict(table).kind);
    expect(searched.tables.map(({ task }) => task?.kind)).toEqual(expect.arrayContaining(['speed', 'run', undefined]));
    expect(searched.tables.at(-1)).toEqual(table);
  });

  it('looks up views where there are no classes, and says so where the time is too short', async () => {
    const { labels: _, ...rest } = syntheticDataset(96);
    const worker = await withRun({ ...rest, labels: null, classNames: [] }, 0);
    const answer = await worker.suit(12);
    expect(answer).toMatchObject({ result: { measure: 'viewRetrieval', tested: 77, ending: 'too-slow' } });
    const diverging = await worker.suit(SECONDS, { ...CONFIG, baseLearningRate: 100, weightDecay: 1 });
    expect(diverging).toMatchObject({ type: 'reply' });
    const first = (diverging as Extract<Answer, { type: 'reply' }>).result as SuitTable;
    expect(first.entries[0]!.outcomes[0]).toEqual({ kind: 'diverged' });
  });

  it('is cancelled, one at a time, and ended when the images are replaced', async () => {
    const worker = await withRun();
    const first = worker.suit();
    await expect.poll(() => worker.tables.length).toBeGreaterThan(0);
    expect(await worker.suit()).toMatchObject({ error: { message: expect.stringMatching(/under way already/) } });
    await worker.send({ type: 'cancelSuit' });
    expect(await first).toMatchObject({ error: { code: 'cancelled' } });
    const second = worker.suit();
    await worker.send({ type: 'setDataset', dataset: syntheticDataset(96) });
    expect(await second).toMatchObject({
      error: { code: 'stale-run', message: expect.stringMatching(/replaced meanwhile/) },
    });
    expect(await worker.suit(SECONDS, { ...CONFIG, batchSize: 64 })).toMatchObject({
      error: { code: 'too-few-images' },
    });
  });
});
