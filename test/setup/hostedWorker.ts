import { expect } from 'vitest';
import type { LiveChange, RunConfig } from '../../src/domain/runConfig';
import type { RunSignal } from '../../src/domain/signal';
import type { CommandBody } from '../../src/protocol/commands';
import type { Event } from '../../src/protocol/events';
import { Host, type HostOptions } from '../../src/worker/host';
import { syntheticDataset } from './syntheticDataset';

type ValueOf<K extends RunSignal['kind']> = Extract<RunSignal, { kind: K }>['value'];

/** The losses by step; a later report of a step takes the place of an earlier one. */
export function lossesIn(events: readonly Event[]): Map<number, number> {
  const losses = new Map<number, number>();
  for (const event of events) {
    if (event.type !== 'signal' || event.signal.kind !== 'measurements') continue;
    for (const { step, loss } of event.signal.value) if (loss !== undefined) losses.set(step, loss);
  }
  return losses;
}

/** The host of a training worker with one run, and all that it sent. */
export class HostedWorker {
  readonly events: Event[] = [];
  readonly #host: Host;
  #id = 0;

  constructor(options: HostOptions) {
    this.#host = new Host((event) => this.events.push(structuredClone(event)), options);
  }

  async send<T extends CommandBody['type']>(command: Extract<CommandBody, { type: T }>): Promise<void> {
    this.#id += 1;
    await this.#host.handle({ ...command, id: this.#id } as Parameters<Host['handle']>[0]);
  }

  /** Starts an engine and builds a run. */
  async create(engine: 'webgpu' | 'wasm', config: RunConfig, changes: readonly LiveChange[] = []): Promise<void> {
    await this.send({ type: 'init', engine });
    await this.send({ type: 'setDataset', dataset: syntheticDataset(96) });
    await this.send({ type: 'create', runId: 'a', config, changes });
  }

  train(): Promise<void> {
    return this.send({ type: 'train', runId: 'a' });
  }

  of<K extends RunSignal['kind']>(kind: K): ValueOf<K>[] {
    return this.events.flatMap((event) =>
      event.type === 'signal' && event.signal.kind === kind ? ([event.signal.value] as ValueOf<K>[]) : [],
    );
  }

  get states() {
    return this.of('state').map(({ state }) => state);
  }

  /** What the person reads about recoveries. */
  get notices(): string[] {
    return this.events.flatMap((event) => (event.type === 'engine' ? (event.notice ?? []) : []));
  }

  get failures(): Event[] {
    return this.events.filter(({ type }) => type === 'error' || type === 'failure');
  }

  /** Waits until the run's last state is this one. */
  async until(state: string): Promise<void> {
    await expect.poll(() => this.states.at(-1), { timeout: 60_000 }).toBe(state);
  }

  /** The steps that were computed after the run was rewound for the last time, in their order. */
  get computedAgain(): number[] {
    const from = this.events.findLastIndex((event) => event.type === 'signal' && event.signal.kind === 'rewound');
    const last = this.of('rewound').at(-1)?.step ?? 0;
    return [...lossesIn(this.events.slice(from)).keys()].filter((step) => step > last);
  }
}
