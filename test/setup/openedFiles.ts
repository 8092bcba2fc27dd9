import { expect } from 'vitest';
import { decodeWithSharp } from '../../scripts/node/decodeWithSharp';
import { decodeBatch } from '../../src/data/import/decodeBatch';
import { HOLD_OUT_SEED } from '../../src/data/importTypes';
import { importProject } from '../../src/data/project/importProject';
import type { ImageDataset } from '../../src/domain/imageDataset';
import { inMemory } from '../../src/domain/imageDataset';
import type { RunConfig } from '../../src/domain/runConfig';
import type { PageFacts } from '../../src/domain/takeAlong';
import { readBytes } from '../../src/formats/byteSource';
import { readZipDirectory } from '../../src/formats/zip/zipDirectory';
import { unpackEntry } from '../../src/formats/zip/zipEntry';
import type { CommandBody, Replies } from '../../src/protocol/commands';
import type { Event } from '../../src/protocol/events';
import { Host } from '../../src/worker/host';
import { lossesIn } from './hostedWorker';

export const KEEPING = { id: 'kept', parent: null, forksAt: [], budget: 1e9 } as const;

type Failure = Extract<Event, { type: 'failure' }>['error'];

/** A worker's host that opens files, and all that it said. */
export class OpeningHost {
  readonly events: Event[] = [];
  readonly #host = new Host((event) => this.events.push(event));
  #id = 0;

  async ask<T extends CommandBody['type']>(
    command: Extract<CommandBody, { type: T }>,
  ): Promise<Replies[T] | { readonly error: Failure }> {
    this.#id += 1;
    const id = this.#id;
    await this.#host.handle({ ...command, id } as Parameters<Host['handle']>[0]);
    const answers = this.events.filter(
      (event) => (event.type === 'reply' || event.type === 'failure') && event.id === id,
    );
    expect(answers).toHaveLength(1);
    const [answer] = answers;
    return answer?.type === 'reply' ? (answer.result as Replies[T]) : { error: (answer as { error: Failure }).error };
  }

  /** The reply. @throws Error where the command fails */
  async done<T extends CommandBody['type']>(command: Extract<CommandBody, { type: T }>): Promise<Replies[T]> {
    const answer = await this.ask<T>(command);
    if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new Error(answer.error.message);
    return answer as Replies[T];
  }

  async create(dataset: ImageDataset, config: RunConfig, facts: PageFacts, steps: number): Promise<void> {
    await this.done({ type: 'init', engine: 'wasm' });
    await this.done({ type: 'setDataset', dataset });
    const keeping = { ...KEEPING, dataset: facts.dataset };
    await this.done({ type: 'create', runId: 'run', config, changes: [], keeping });
    await this.steps('run', steps);
  }

  async steps(runId: string, count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.done({ type: 'step', runId });
  }

  open(bytes: Uint8Array<ArrayBuffer> | Blob, name: string, keptId = 'opened') {
    const file = bytes instanceof Blob ? bytes : new Blob([bytes]);
    return this.ask<'openFile'>({ type: 'openFile', file, name, keptId });
  }

  losses(runId: string): Map<number, number> {
    return lossesIn(this.events.filter((event) => event.type === 'signal' && event.runId === runId));
  }
}

/** The files of an archive by path, in their order. */
export async function unzipped(file: Blob): Promise<Record<string, Uint8Array>> {
  const { entries } = await readZipDirectory(file);
  const files: Record<string, Uint8Array> = {};
  for (const entry of entries) files[entry.path] = unpackEntry(entry, await readBytes(file, entry.start, entry.end));
  return files;
}

/** The images in a project file as a run of these settings gets them, decoded by sharp. */
export async function imagesInProject(file: Blob, config: RunConfig): Promise<ImageDataset> {
  const { imageSize, sourceSize, holdOut, labelRule, batchSize, images } = config;
  const settings = { imageSize, sourceSize, holdOut, labelRule, batchSize, images, seed: HOLD_OUT_SEED };
  const decoder = (batch: Parameters<typeof decodeBatch>[0]) => decodeBatch(batch, settings, decodeWithSharp);
  const { dataset } = await importProject(file, 'x.zip', settings, [decoder, decoder], () => undefined);
  return inMemory(dataset);
}
