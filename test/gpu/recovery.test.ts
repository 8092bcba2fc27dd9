import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { type LosableDevice, makeDevicesLosable } from '../../scripts/soak/losableDevices';
import type { RunConfig } from '../../src/domain/runConfig';
import type { RunSignal } from '../../src/domain/signal';
import { Heap } from '../../src/engine/kernels/runtime/wasm/pools';
import type { CommandBody } from '../../src/protocol/commands';
import type { Event } from '../../src/protocol/events';
import { Host, type HostOptions } from '../../src/worker/host';
import { smallRun } from '../setup/checkpoints';
import { describeOnEngines } from '../setup/engine';
import { syntheticDataset } from '../setup/syntheticDataset';

const CONFIG = smallRun({ totalSteps: 14 });

/** A worker's host, with what it sent. */
class Worker {
  readonly events: Event[] = [];
  readonly #host: Host;
  #id = 0;
  /** Called after each measurement of a loss, with its step. */
  onLoss: (step: number) => void = () => undefined;

  constructor(options: HostOptions = {}) {
    this.#host = new Host(
      (event) => {
        this.events.push(structuredClone(event));
        for (const step of lossesIn([event]).keys()) this.onLoss(step);
      },
      { checkpointEvery: 5, ...options },
    );
  }

  async send<T extends CommandBody['type']>(command: Extract<CommandBody, { type: T }>): Promise<void> {
    this.#id += 1;
    await this.#host.handle({ ...command, id: this.#id } as Parameters<Host['handle']>[0]);
  }

  async create(engine: 'webgpu' | 'wasm', config: RunConfig = CONFIG): Promise<void> {
    await this.send({ type: 'init', engine });
    await this.send({ type: 'setDataset', dataset: syntheticDataset(96) });
    await this.send({ type: 'create', runId: 'a', config, changes: [] });
  }

  train = () => this.send({ type: 'train', runId: 'a' });
  change = (stopGradient: boolean) =>
    this.send({ type: 'change', runId: 'a', key: 'stopGradient', value: stopGradient });

  of<K extends RunSignal['kind']>(kind: K): Extract<RunSignal, { kind: K }>['value'][] {
    return this.events.flatMap((event) =>
      event.type === 'signal' && event.signal.kind === kind
        ? [event.signal.value as Extract<RunSignal, { kind: K }>['value']]
        : [],
    );
  }

  get states() {
    return this.of('state').map(({ state }) => state);
  }

  get notices(): string[] {
    return this.events.flatMap((event) => (event.type === 'engine' ? (event.notice ?? []) : []));
  }

  get failures(): Event[] {
    return this.events.filter(({ type }) => type === 'error' || type === 'failure');
  }

  until = (state: string) => expect.poll(() => this.states.at(-1), { timeout: 60_000 }).toBe(state);

  /** The losses of the steps that were computed after the run was rewound for the last time, in their order. */
  get computedAgain(): number[] {
    const from = this.events.findLastIndex((event) => event.type === 'signal' && event.signal.kind === 'rewound');
    const [rewound] = this.of('rewound').slice(-1);
    return [...lossesIn(this.events.slice(from)).keys()].filter((step) => step > (rewound?.step ?? 0));
  }
}

/** The losses by step; a later report of a step takes the place of an earlier one. */
function lossesIn(events: readonly Event[]): Map<number, number> {
  const losses = new Map<number, number>();
  for (const event of events) {
    if (event.type !== 'signal' || event.signal.kind !== 'measurements') continue;
    for (const { step, loss } of event.signal.value) if (loss !== undefined) losses.set(step, loss);
  }
  return losses;
}

async function uninterrupted(engine: 'webgpu' | 'wasm', changeAt?: number): Promise<Map<number, number>> {
  const worker = new Worker();
  await worker.create(engine);
  if (changeAt !== undefined)
    await worker.send({ type: 'create', runId: 'a', config: CONFIG, changes: [[changeAt, 'stopGradient', false]] });
  await worker.train();
  await worker.until('finished');
  return lossesIn(worker.events);
}

describeOnEngines(['webgpu'], 'a run whose engine is lost', () => {
  let device: () => LosableDevice | null;
  beforeEach(() => {
    // Every test has a `navigator.gpu` of its own, as the earlier ones are changed.
    const { gpu } = navigator;
    const own = Object.create(gpu, { requestAdapter: { value: gpu.requestAdapter.bind(gpu), writable: true } }) as GPU;
    device = makeDevicesLosable(own);
    Object.defineProperty(navigator, 'gpu', { value: own, configurable: true });
    return () => Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  });

  it('goes on by itself from its last checkpoint, to the same numbers', async () => {
    const worker = new Worker();
    await worker.create('webgpu');
    const tensors = tf.memory().numTensors;
    worker.onLoss = (step) => {
      if (step < 8) return;
      worker.onLoss = () => undefined;
      device()?.lose();
    };
    await worker.train();
    await worker.until('finished');
    expect(worker.failures).toEqual([]);
    expect(worker.of('rewound')).toEqual([{ step: 5 }]);
    expect(worker.computedAgain).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(worker.of('marker')).toContainEqual({ kind: 'recovery', step: 5, cause: 'device-lost' });
    expect(worker.notices).toEqual([
      expect.stringMatching(/^The connection to the GPU was lost at step \d+; the run went on from step 5\.$/),
    ]);
    expect(lossesIn(worker.events)).toEqual(await uninterrupted('webgpu'));
    expect(tensors).toBeGreaterThan(0);
  });
});

describe.skip('unused', () => {
  it('x', () => expect(Heap).toBeDefined());
});
