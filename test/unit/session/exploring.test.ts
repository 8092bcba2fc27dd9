import { describe, expect, it } from 'vitest';
import { orderOf } from '../../../src/domain/derivation';
import { imagesOf, rangesOf } from '../../../src/domain/imageRanges';
import { presetConfig } from '../../../src/domain/presets';
import type { ExploringCommand, ExploringEvent } from '../../../src/protocol/exploring';
import { createDatasetStore } from '../../../src/session/data/datasetStore';
import { EngineFailure } from '../../../src/session/engine/engineClient';
import { Exploring, membersOf } from '../../../src/session/exploring/exploring';
import type { ExplorerPort } from '../../../src/session/exploring/openExplorer';
import { createRunStore } from '../../../src/session/run/runStore';
import { activeRun } from '../../setup/activeRun';
import { clustersOfGroups, exploredOf, imagesInGroups, lostLine, positionsInGroups } from '../../setup/explored';

const COUNT = 40;

/** A worker for maps whose events the test sends. */
class FakeExplorer implements ExplorerPort {
  command: ExploringCommand | null = null;
  isTerminated = false;
  #receive: (data: unknown) => void = () => undefined;
  #fail: (event: ErrorEvent) => void = () => undefined;

  postMessage(command: ExploringCommand): void {
    this.command = command;
  }
  addEventListener(type: string, listener: (event: never) => void): void {
    if (type === 'message') this.#receive = (data) => listener({ data } as never);
    if (type === 'error') this.#fail = listener as (event: ErrorEvent) => void;
  }
  terminate(): void {
    this.isTerminated = true;
  }
  send(event: ExploringEvent): void {
    this.#receive(event);
  }
  crash(message: string): void {
    this.#fail({ message, preventDefault: () => undefined } as ErrorEvent);
  }
}

class MemoryStorage {
  readonly texts = new Map<string, string>();
  getItem = (key: string) => this.texts.get(key) ?? null;
  setItem = (key: string, text: string) => void this.texts.set(key, text);
}

function opened(pageStorage: MemoryStorage | null = null) {
  const config = presetConfig('tiny', 'fashion-mnist', 'simsiam');
  const runStore = createRunStore(config);
  runStore.setState({ active: activeRun(config) });
  const datasetStore = createDatasetStore();
  const asked: { body: object; resolve(reply: unknown): void; reject(error: unknown): void; progress: unknown }[] = [];
  const explorers: FakeExplorer[] = [];
  const request = (body: object, _transfer?: Transferable[], progress?: unknown) =>
    new Promise((resolve, reject) => asked.push({ body, resolve, reject, progress }));
  const exploring = new Exploring(
    { runStore, datasetStore },
    {
      engine: { request: request as never },
      pageStorage,
      openKept: (run) => request({ type: 'openKept', run }) as Promise<void>,
      openExplorer: () => {
        const explorer = new FakeExplorer();
        explorers.push(explorer);
        return explorer;
      },
    },
  );
  const info = imagesInGroups(COUNT, 4);
  datasetStore.setState({ info });
  const state = () => exploring.store.getState();
  return { exploring, datasetStore, runStore, asked, explorers, info, state };
}

const settled = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** Embedded, with a first map and clusters. */
async function explored(pageStorage: MemoryStorage | null = null) {
  const page = opened(pageStorage);
  void page.exploring.explore();
  page.asked[0]!.resolve(exploredOf(COUNT));
  await settled();
  page.explorers[0]!.send({ type: 'positions', positions: positionsInGroups(COUNT, 4), done: 10, total: 200 });
  page.explorers[0]!.send({ type: 'clusters', clusters: clustersOfGroups(COUNT, 4) });
  page.explorers[0]!.send({ type: 'done' });
  return page;
}

describe('exploring the images', () => {
  it('embeds them by the run, then makes a map that is watched while it forms', async () => {
    const { exploring, asked, explorers, runStore, state } = opened();
    void exploring.explore();
    expect(asked[0]!.body).toEqual({ type: 'explore', runId: runStore.getState().active?.runId, by: 'run' });
    (asked[0]!.progress as (done: number, total: number) => void)(40, 4 * COUNT);
    expect(state().task).toMatchObject({ kind: 'embedding', done: 10, total: COUNT });
    asked[0]!.resolve(exploredOf(COUNT));
    await settled();
    expect(state().exploration?.step).toBe(300);
    expect(explorers[0]!.command).toMatchObject({ type: 'arrange', from: null });
    const positions = positionsInGroups(COUNT, 4);
    explorers[0]!.send({ type: 'positions', positions, done: 10, total: 200 });
    expect(state()).toMatchObject({ positions, task: { kind: 'arranging', done: 10, total: 200 } });
    explorers[0]!.send({ type: 'clusters', clusters: clustersOfGroups(COUNT, 4) });
    explorers[0]!.send({ type: 'done' });
    expect(state().task).toBeNull();
    expect(state().clusters?.medoids).toHaveLength(4);
    expect(explorers[0]!.isTerminated).toBe(true);
  });

  it('looks for near duplicates once, and keeps the ticks that were taken away', async () => {
    const { exploring, explorers, asked, state, info } = opened();
    void exploring.explore();
    asked[0]!.resolve(exploredOf(COUNT));
    await settled();
    expect(explorers[0]!.command?.pictures).toMatchObject({ copies: { count: COUNT }, exact: [[0, 1, 2]] });
    expect(state().exploration?.near).toBeNull();
    const first = [...state().leftOut];
    exploring.tick(30);
    explorers[0]!.send({ type: 'comparing', share: 0.25 });
    expect(state().task).toEqual({ kind: 'comparing', done: 0.25, total: 1 });
    const other = Array.from(info.split).findIndex((split, i) => i > 10 && split !== info.split[10]);
    const pair = { score: 0.97, kind: 'same' } as const;
    explorers[0]!.send({
      type: 'near',
      pairs: [
        { a: 10, b: other < 0 ? 11 : other, ...pair },
        { a: 20, b: 21, ...pair },
      ],
    });
    explorers[0]!.send({ type: 'done' });
    expect(state().exploration?.near?.map(({ isLeak }) => isLeak)).toEqual([other >= 0, false]);
    expect([...state().leftOut]).toEqual(expect.arrayContaining([...first, 30, 21]));
    const { leftOut } = state();
    void exploring.explore();
    asked.at(-1)!.resolve(exploredOf(COUNT));
    await settled();
    expect(explorers[1]!.command?.pictures).toBeNull();
    expect(state().exploration?.near).toHaveLength(2);
    expect(state().leftOut).toBe(leftOut);
  });

  it('needs no run for raw pixels', () => {
    const { exploring, asked } = opened();
    exploring.compareBy('pixels');
    void exploring.explore();
    expect(asked[0]!.body).toEqual({ type: 'explore', runId: null, by: 'pixels' });
  });

  it('opens a kept run first, and says where that fails; the next exploration may be by another encoder', async () => {
    const { exploring, asked, state } = opened();
    const run = { id: 'k', name: 'SimSiam · seed 7' };
    exploring.compareByKept(run);
    void exploring.explore();
    expect(asked.map(({ body }) => body)).toEqual([{ type: 'openKept', run }]);
    asked[0]!.resolve(undefined);
    await settled();
    expect(asked[1]!.body).toEqual({ type: 'explore', runId: null, by: 'opened' });
    asked[1]!.resolve(exploredOf(COUNT));
    await settled();
    expect(state().exploredKept).toBe('k');
    const { exploration } = state();
    exploring.cancel();
    void exploring.explore();
    const error = { code: 'no-checkpoint', message: 'This run has no checkpoint.', recoverable: true } as const;
    asked.at(-1)!.reject(new EngineFailure(error));
    await settled();
    expect(state()).toMatchObject({ task: null, problem: 'This run has no checkpoint.', exploredKept: 'k' });
    expect(state().exploration).toBe(exploration);
    exploring.compareBy('pixels');
    expect(state().byKept).toBeNull();
  });

  it('moves on from the old map when it is made anew', async () => {
    const { exploring, asked, explorers, state } = await explored();
    const { positions } = state();
    void exploring.explore();
    asked.at(-1)!.resolve(exploredOf(COUNT));
    await settled();
    expect(explorers[1]!.command?.from).toBe(positions);
    expect(state().positions).toBe(positions);
    expect(state().clusters).toBeNull();
  });

  it('does one thing at a time', async () => {
    const { exploring, asked } = opened();
    void exploring.explore();
    void exploring.explore();
    expect(asked).toHaveLength(1);
  });

  it('is cancelled while embedding: what was known before stays, and a late answer is ignored', async () => {
    const { exploring, asked, explorers, state } = await explored();
    const before = state().exploration;
    void exploring.explore();
    exploring.cancel();
    expect(asked.at(-1)!.body).toEqual({ type: 'cancelExplore' });
    expect(state().task).toBeNull();
    asked.at(-2)!.resolve(exploredOf(COUNT));
    await settled();
    expect(state().exploration).toBe(before);
    expect(explorers).toHaveLength(1);
  });

  it('is cancelled while the map forms, which stays as it is', async () => {
    const { exploring, asked, explorers, state } = opened();
    void exploring.explore();
    asked[0]!.resolve(exploredOf(COUNT));
    await settled();
    const positions = positionsInGroups(COUNT, 4);
    explorers[0]!.send({ type: 'positions', positions, done: 10, total: 200 });
    exploring.cancel();
    expect(explorers[0]!.isTerminated).toBe(true);
    explorers[0]!.send({ type: 'positions', positions: positionsInGroups(COUNT, 4, 2), done: 20, total: 200 });
    expect(state()).toMatchObject({ positions, task: null });
  });

  it('says why the engine, or the worker for maps, failed', async () => {
    const { exploring, asked, explorers, state } = opened();
    void exploring.explore();
    asked[0]!.reject(new EngineFailure({ code: 'out-of-memory', message: 'Too little memory.', recoverable: true }));
    await settled();
    expect(state()).toMatchObject({ task: null, problem: 'Too little memory.' });
    void exploring.explore();
    expect(state().problem).toBeNull();
    asked[1]!.resolve(exploredOf(COUNT));
    await settled();
    explorers[0]!.crash('no code');
    expect(state()).toMatchObject({ task: null, problem: expect.stringContaining('no code') });
    expect(state().exploration).not.toBeNull();
  });

  it('forgets all when other images are in use, also what is under way', async () => {
    const { exploring, datasetStore, asked, explorers, state } = await explored();
    exploring.choose('some', [1, 2]);
    void exploring.explore();
    datasetStore.setState({ info: imagesInGroups(30, 3) });
    expect(state()).toMatchObject({ exploration: null, clusters: null, positions: null, listed: null, task: null });
    expect(state().chosen.size).toBe(0);
    asked.find(({ body }) => 'by' in body && body !== asked[0]!.body)!.resolve(exploredOf(COUNT));
    await settled();
    expect(state().exploration).toBeNull();
    expect(explorers).toHaveLength(1);
  });

  it('lists the nearest of an image, itself first, and not the answer to an earlier search', async () => {
    const { exploring, asked, state } = await explored();
    void exploring.search(3, 'like image 3');
    void exploring.search(7, 'like image 7');
    const [first, second] = asked.slice(-2);
    second!.resolve([{ image: 8, similarity: 0.9 }]);
    first!.resolve([{ image: 4, similarity: 0.9 }]);
    await settled();
    expect(state().listed).toMatchObject({ title: 'like image 7', images: [7, 8], similarities: [1, 0.9], query: 7 });
    expect([...state().chosen]).toEqual([7]);
    exploring.chooseListed();
    expect([...state().chosen]).toEqual([7, 8]);
    exploring.toggle(7);
    expect([...state().chosen]).toEqual([8]);
    exploring.clear();
    expect(state()).toMatchObject({ listed: null });
  });

  it('lists a cluster with the image that stands for it first, and noise', () => {
    const clusters = clustersOfGroups(COUNT, 4);
    const members = membersOf(clusters, 1);
    expect(members[0]).toBe(10);
    expect([...members].sort((a, b) => a - b)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18]);
    expect(membersOf(clusters, -1)).toEqual([9, 19, 29, 39]);
  });
});

describe('whether the embedding is of use', () => {
  const measured = (asked: Awaited<ReturnType<typeof explored>>['asked']) =>
    asked.filter(({ body }) => 'type' in body && body.type === 'measureExplored');

  it('is measured after an exploration, with progress, and anew after the next one', async () => {
    const { exploring, asked, state } = await explored();
    expect(measured(asked)).toHaveLength(1);
    (measured(asked)[0]!.progress as (done: number, total: number) => void)(30, 120);
    expect(state().measuring).toEqual({ kind: 'being measured', done: 30, total: 120 });
    measured(asked)[0]!.resolve(lostLine());
    await settled();
    expect(state().measuring).toEqual({ kind: 'measured', line: lostLine() });
    void exploring.explore();
    asked.at(-1)!.resolve(exploredOf(COUNT));
    await settled();
    expect(state().measuring).toMatchObject({ kind: 'being measured' });
    expect(measured(asked)).toHaveLength(2);
  });

  it('waits for a press where it takes long, and there is nothing to measure of raw pixels', async () => {
    const { exploring, asked, state } = opened();
    void exploring.explore();
    asked[0]!.resolve({ ...exploredOf(COUNT), measuringMs: 240_000 });
    await settled();
    expect(measured(asked)).toHaveLength(0);
    expect(state().measuring).toEqual({ kind: 'not measured', aboutMs: 240_000 });
    void exploring.embedding.measure();
    void exploring.embedding.measure();
    expect(measured(asked)).toHaveLength(1);
    exploring.cancel();
    void exploring.explore();
    asked.at(-1)!.resolve({ ...exploredOf(COUNT), measuringMs: null });
    await settled();
    expect(state().measuring).toBeNull();
    await exploring.embedding.measure();
    expect(measured(asked)).toHaveLength(1);
  });

  it('is cancelled, also by another exploration and by other images: a late answer is ignored', async () => {
    const { exploring, asked, datasetStore, state } = await explored();
    exploring.embedding.cancel();
    expect(asked.at(-1)!.body).toEqual({ type: 'cancelMeasuring' });
    expect(state().measuring).toEqual({ kind: 'not measured', aboutMs: 1500 });
    measured(asked)[0]!.resolve(lostLine());
    await settled();
    expect(state().measuring).toMatchObject({ kind: 'not measured' });
    void exploring.embedding.measure();
    void exploring.explore();
    expect(asked.at(-2)!.body).toEqual({ type: 'cancelMeasuring' });
    exploring.cancel();
    void exploring.embedding.measure();
    datasetStore.setState({ info: imagesInGroups(30, 3) });
    measured(asked).at(-1)!.resolve(lostLine());
    await settled();
    expect(state().measuring).toBeNull();
  });

  it('says why it failed, and can be measured again', async () => {
    const { exploring, asked, state } = await explored();
    const error = { code: 'out-of-memory', message: 'Too little memory.', recoverable: true } as const;
    measured(asked)[0]!.reject(new EngineFailure(error));
    await settled();
    expect(state().measuring).toEqual({ kind: 'failed', problem: 'Too little memory.' });
    void exploring.embedding.measure();
    expect(measured(asked)).toHaveLength(2);
  });
});

describe('selections with a name', () => {
  it('are there when the same images are opened again, and not for others', async () => {
    const storage = new MemoryStorage();
    const { exploring, info } = await explored(storage);
    exploring.choose('some', [9, 1, 2, 3]);
    exploring.keepAs('birds');
    exploring.choose('others', [5]);
    exploring.keepAs('fish');
    const again = opened(storage);
    expect(again.state().kept).toEqual([
      { name: 'fish', images: [5] },
      { name: 'birds', images: [1, 2, 3, 9] },
    ]);
    again.exploring.forgetSelection('fish');
    again.datasetStore.setState({ info: { ...info, names: info.names.toReversed() } });
    expect(again.state().kept).toEqual([]);
    expect(
      opened(storage)
        .state()
        .kept.map(({ name }) => name),
    ).toEqual(['birds']);
  });

  it('does without a damaged text, or one of places that there are not', () => {
    const storage = new MemoryStorage();
    const order = orderOf(imagesInGroups(COUNT, 4));
    for (const [text, kept] of [
      ['{', 0],
      ['[{"images":3}]', 0],
      [
        JSON.stringify([
          {
            images: order,
            selections: [
              { name: 'a', images: '0-40' },
              { name: 'b', images: '0-3' },
            ],
          },
        ]),
        1,
      ],
    ] as const) {
      storage.setItem('simsiam-lab-selections', text);
      expect(opened(storage).state().kept, text).toHaveLength(kept);
    }
  });

  it('writes ranges and reads them', () => {
    const images = [0, 1, 2, 7, 9, 10];
    expect(rangesOf(images)).toBe('0-2,7,9-10');
    expect(imagesOf('0-2,7,9-10', 11)).toEqual(images);
    for (const bad of ['', '3-1', '0-11', '5,4', '0-2,2', 'x', '-1']) expect(imagesOf(bad, 11), bad).toBeNull();
  });
});
