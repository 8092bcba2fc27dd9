import type { Clusters, Exploration, Explored, ExploredBy, Found, NearPair, Pair } from '../../domain/exploration';
import { isLeak } from '../../domain/leaks';
import type { ExploringEvent } from '../../protocol/exploring';
import type { DatasetStore } from '../data/datasetStore';
import { type EngineSession, engineErrorOf } from '../engine/engineSession';
import type { PageStorage } from '../pageText';
import type { RunStore } from '../run/runStore';
import { type AlikeLimits, firstLeftOut, firstLimits } from './duplicates';
import {
  createExploringStore,
  type ExploreView,
  type ExploringTask,
  type KeptRunToExplore,
  NOTHING_EXPLORED,
} from './exploringStore';
import { readSelections, writeSelections } from './keptSelections';
import { MeasureEmbedding } from './measureEmbedding';
import { arrange, type ExplorerPort } from './openExplorer';

/** What exploring needs of the lab. */
export interface ExploringLab {
  readonly runStore: RunStore;
  readonly datasetStore: DatasetStore;
}

export interface ExploringParts {
  readonly engine: Pick<EngineSession, 'request'>;
  readonly pageStorage: PageStorage | null;
  openExplorer(): ExplorerPort;
  /** Lets the worker take the encoder of a kept run. @throws EngineFailure saying why it cannot be had */
  openKept(run: KeptRunToExplore): Promise<void>;
}

/** Number of images that a search finds. */
const MOST_FOUND = 60;
/** The map of the same features is always the same. */
const SEED = 1;

/**
 * Explores the images in use: the training worker embeds and compares them, and a worker of its own makes the map and the clusters. What was
 * explored lasts until other images are in use.
 */
export class Exploring {
  readonly store = createExploringStore();
  readonly embedding: MeasureEmbedding;
  readonly #lab: ExploringLab;
  readonly #parts: ExploringParts;
  /** Counts explorations begun and given up: answers to earlier ones are ignored. */
  #number = 0;
  #searches = 0;
  #endArranging: (() => void) | null = null;

  constructor(lab: ExploringLab, parts: ExploringParts) {
    this.#lab = lab;
    this.#parts = parts;
    this.embedding = new MeasureEmbedding(this.store, parts.engine);
    lab.datasetStore.subscribe(({ info }, before) => {
      if (info !== before.info) this.#forget();
    });
  }

  show(view: ExploreView): void {
    this.store.setState({ view });
  }

  compareBy(by: ExploredBy): void {
    this.store.setState({ by, byKept: null });
  }

  /** The next exploration compares the images by a kept run. */
  compareByKept(byKept: KeptRunToExplore): void {
    this.store.setState({ by: 'opened', byKept });
  }

  /** Embeds and compares all images in use, then arranges them. The map moves on from where the images lie. */
  async explore(): Promise<void> {
    const { by, byKept, task } = this.store.getState();
    const { info } = this.#lab.datasetStore.getState();
    if (task !== null || info === null) return;
    // The worker would measure what the images are no longer compared by.
    this.embedding.cancel();
    this.#number += 1;
    const number = this.#number;
    const runId = by === 'run' ? (this.#lab.runStore.getState().active?.runId ?? null) : null;
    const started = performance.now();
    this.#work({ kind: 'embedding', done: 0, total: null, rate: null });
    // The worker counts each image once for each thing that is done with it.
    const onProgress = (done: number, total: number) => {
      if (number !== this.#number || total === 0) return;
      const images = (done / total) * info.count;
      const seconds = (performance.now() - started) / 1000;
      const rate = seconds > 0.5 ? images / seconds : null;
      this.#work({ kind: 'embedding', done: Math.floor(images), total: info.count, rate });
    };
    try {
      // Anew each time: the run may have gone on in another tab, and it is measured with the images in use.
      if (byKept !== null) await this.#parts.openKept(byKept);
      if (number !== this.#number) return;
      const explored = await this.#parts.engine.request<'explore'>({ type: 'explore', runId, by }, [], onProgress);
      if (number === this.#number) this.#arrange(explored, byKept?.id ?? null);
    } catch (thrown) {
      if (number !== this.#number) return;
      const { code, message } = engineErrorOf(thrown);
      this.store.setState({ task: null, problem: code === 'cancelled' ? null : message });
    }
  }

  #work(task: ExploringTask): void {
    this.store.setState({ task, problem: null });
  }

  #arrange({ exploration: found, features, copies, measuringMs }: Explored, exploredKept: string | null): void {
    const { positions, exploration: before, leftOut } = this.store.getState();
    // Near duplicates are those of the pictures, whatever the images are compared by.
    const near = before?.near ?? null;
    const exploration = { ...found, near };
    const { graph, exact } = exploration;
    // A map of another number of images would be no place to move on from.
    const from = positions?.length === 2 * graph.n ? positions : null;
    // A picture that was searched by, and similarities, belong to the embedding before.
    const { listed } = this.store.getState();
    const isSearch = listed?.similarities != null;
    this.store.setState({
      exploration,
      exploredKept,
      clusters: null,
      leftOut: near === null ? this.#leftOutOf(exploration) : leftOut,
      limits: firstLimits(graph),
      ...(isSearch ? { listed: null } : {}),
    });
    this.#work({ kind: 'arranging', done: 0, total: null });
    const pictures = near === null ? { copies, exact } : null;
    const command = { type: 'arrange', graph, features, from, seed: SEED, pictures } as const;
    this.#endArranging = arrange(this.#parts.openExplorer(), command, (event) => this.#receive(event));
    this.embedding.explored(measuringMs);
  }

  #leftOutOf(exploration: Exploration): ReadonlySet<number> {
    const { info } = this.#lab.datasetStore.getState();
    return info === null ? new Set() : firstLeftOut(exploration, info);
  }

  /** Ticks an image in the lists of duplicates, or takes its tick away. */
  tick(image: number): void {
    const leftOut = new Set(this.store.getState().leftOut);
    if (!leftOut.delete(image)) leftOut.add(image);
    this.store.setState({ leftOut });
  }

  tickAll(): void {
    this.store.setState({ leftOut: new Set() });
  }

  limitAlike(limits: AlikeLimits): void {
    this.store.setState({ limits });
  }

  #receive(event: ExploringEvent): void {
    switch (event.type) {
      case 'positions': {
        const { positions, done, total } = event;
        this.store.setState({ positions, task: { kind: 'arranging', done, total } });
        return;
      }
      case 'clusters':
        this.store.setState({ clusters: event.clusters });
        return;
      case 'comparing':
        this.store.setState({ task: { kind: 'comparing', done: event.share, total: 1 } });
        return;
      case 'near':
        this.#take(event.pairs);
        return;
      case 'done':
        this.#endArranging = null;
        this.store.setState({ task: null });
        return;
      case 'failed':
        this.#endArranging = null;
        this.store.setState({ task: null, problem: event.message });
        return;
      default:
        event satisfies never;
    }
  }

  /** Of near duplicates, too, all but one have no tick at first; ticks that the person took away stay away. */
  #take(pairs: readonly NearPair[]): void {
    const { exploration: before, leftOut } = this.store.getState();
    const { info } = this.#lab.datasetStore.getState();
    if (before === null || info === null) return;
    const near = pairs.map((pair): Pair => ({ ...pair, isLeak: isLeak(info, [pair.a, pair.b]) }));
    const exploration = { ...before, near };
    this.store.setState({ exploration, leftOut: new Set([...leftOut, ...this.#leftOutOf(exploration)]) });
  }

  /** Ends the exploration under way. What was known before, and as much of the map as there is, stays. */
  cancel(): void {
    const { task } = this.store.getState();
    if (task === null) return;
    this.#number += 1;
    if (task.kind === 'embedding') {
      // A failure to cancel means that there is nothing to cancel.
      this.#parts.engine.request<'cancelExplore'>({ type: 'cancelExplore' }).catch(() => undefined);
    }
    this.#endArranging?.();
    this.#endArranging = null;
    this.store.setState({ task: null });
  }

  /** Other images: nothing that was found out holds for them. */
  #forget(): void {
    this.cancel();
    this.embedding.cancel();
    this.embedding.explored(null);
    this.#number += 1;
    this.#searches += 1;
    const { info } = this.#lab.datasetStore.getState();
    const kept = info === null ? [] : readSelections(this.#parts.pageStorage, info);
    this.store.setState({ ...NOTHING_EXPLORED, kept });
  }

  /** Lists images in the grid, and chooses them all. */
  choose(title: string, images: readonly number[]): void {
    this.#searches += 1;
    this.store.setState({
      listed: { title, images, similarities: null, query: null },
      chosen: new Set(images),
      isSearching: false,
    });
  }

  /** Adds an image to those that are chosen, or takes it away. */
  toggle(image: number): void {
    const chosen = new Set(this.store.getState().chosen);
    if (!chosen.delete(image)) chosen.add(image);
    this.store.setState({ chosen });
  }

  /** Chooses all images that the grid lists. */
  chooseListed(): void {
    const { listed } = this.store.getState();
    if (listed !== null) this.store.setState({ chosen: new Set(listed.images) });
  }

  clear(): void {
    this.#searches += 1;
    this.store.setState({ listed: null, chosen: new Set(), isSearching: false });
  }

  /** Lists the images nearest to one of them, or to a picture; an image itself comes first and is chosen. */
  async search(query: number | Blob, title: string): Promise<void> {
    this.#searches += 1;
    const number = this.#searches;
    this.store.setState({ isSearching: true, problem: null });
    try {
      const found = await this.#parts.engine.request<'search'>({ type: 'search', query, most: MOST_FOUND });
      if (number === this.#searches) this.#list(found, query, title);
    } catch (thrown) {
      if (number === this.#searches) {
        this.store.setState({ isSearching: false, problem: engineErrorOf(thrown).message });
      }
    }
  }

  #list(found: readonly Found[], query: number | Blob, title: string): void {
    const itself = typeof query === 'number' ? [{ image: query, similarity: 1 }] : [];
    const all = [...itself, ...found.filter(({ image }) => image !== query)];
    this.store.setState({
      isSearching: false,
      listed: {
        title,
        images: all.map(({ image }) => image),
        similarities: all.map(({ similarity }) => similarity),
        query,
      },
      chosen: new Set(itself.map(({ image }) => image)),
    });
  }

  /** Keeps the chosen images under a name, in place of a selection of that name. */
  keepAs(name: string): void {
    const { chosen, kept } = this.store.getState();
    if (chosen.size === 0) return;
    const images = [...chosen].sort((a, b) => a - b);
    this.#keep([{ name, images }, ...kept.filter((selection) => selection.name !== name)]);
  }

  forgetSelection(name: string): void {
    this.#keep(this.store.getState().kept.filter((selection) => selection.name !== name));
  }

  #keep(kept: readonly { readonly name: string; readonly images: readonly number[] }[]): void {
    this.store.setState({ kept });
    const { info } = this.#lab.datasetStore.getState();
    if (info !== null) writeSelections(this.#parts.pageStorage, info, kept);
  }
}

/** The images of a cluster, the one that stands for it first, then by how strongly they belong to it. */
export function membersOf({ labels, probabilities, medoids }: Clusters, cluster: number): number[] {
  const members: number[] = [];
  for (let i = 0; i < labels.length; i++) if (labels[i] === cluster) members.push(i);
  const medoid = cluster < 0 ? -1 : medoids[cluster];
  const rank = (image: number) => (image === medoid ? 2 : probabilities[image]);
  return members.sort((a, b) => rank(b) - rank(a) || a - b);
}
