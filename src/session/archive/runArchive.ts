import type { FrameTrack } from '../../domain/outputFrame';
import type { RunRecord } from '../../storage/runRecord';
import { type RunStorage, StorageError, type StorageProblem } from '../../storage/runStorage';
import type { DatasetStore } from '../data/datasetStore';
import type { EngineStore } from '../engine/engineStore';
import type { Frames, KeptTrack } from '../frames/frames';
import { type NoticeStore, notify } from '../noticeStore';
import type { ActiveRun, RunStore, RunStoreState } from '../run/runStore';
import { SeriesSet } from '../run/series';
import { createArchiveStore, MAX_OVERLAYS } from './archiveStore';
import { runName } from './describeRun';
import { KeptFrames } from './keptFrames';
import { meanSeries } from './meanSeries';
import { curvesOf, originOf, type RunOrigin, recordOf, seriesOf } from './recordRun';

/** The stores and series from which the archive records the run on the page. */
export interface ArchiveSources {
  readonly runStore: RunStore;
  readonly datasetStore: DatasetStore;
  readonly engineStore: EngineStore;
  readonly noticeStore: NoticeStore;
  readonly series: SeriesSet;
  readonly frames: Pick<Frames, 'liveTrack' | 'forget'>;
}

/** A training run is written each time its age has grown by a tenth, within these bounds, so that a crash loses at most that much. */
const [SOONEST_MS, LATEST_MS] = [4000, 30_000];

const PROBLEM_WORDS: Record<StorageProblem, string> = {
  full: 'The browser’s storage for this page is full: new runs are lost when the page is closed. Delete runs to make room.',
  unavailable:
    'This browser stores nothing for this page (e.g. in a private window): runs can be compared, but are lost when the page is closed.',
};

/**
 * Keeps runs: the run on the page is written to the storage while it trains, and is added to the archive when the next run replaces it.
 * Without a storage, or with one that fails, runs are kept only while the page is open.
 */
export class RunArchive {
  readonly store = createArchiveStore();
  /** Resolves when the storage has been read. */
  readonly ready: Promise<void>;
  readonly #sources: ArchiveSources;
  readonly #storage: RunStorage | null;
  /** Curves, by run, of runs that ended or were shown since the page was opened. */
  readonly #curves = new Map<string, SeriesSet>();
  readonly #frames: KeptFrames;
  #origin: RunOrigin | null = null;
  /** Whether the run on the page has been written to the storage. */
  #written = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** For each run of another tab, what ends its training where no news comes. */
  readonly #silent = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(sources: ArchiveSources, storage: RunStorage | null) {
    this.#sources = sources;
    this.#storage = storage;
    this.#frames = new KeptFrames(sources.frames);
    sources.runStore.subscribe((now, before) => this.#follow(now, before));
    this.ready = this.#load();
  }

  /** The record of the run on the page as of now; null before its first step. */
  current(): RunRecord | null {
    const { live } = this.store.getState();
    return live === null || this.#origin === null
      ? null
      : recordOf(live, this.#origin, this.#sources.runStore.getState());
  }

  /** Lays a run's curves over the charts, or removes them. Does nothing where MAX_OVERLAYS are shown already. */
  async toggle(id: string): Promise<void> {
    const { overlays } = this.store.getState();
    if (overlays.some((overlay) => overlay.id === id)) {
      this.#hide(id);
      return;
    }
    const slots = Array.from({ length: MAX_OVERLAYS }, (_, slot) => slot);
    const free = slots.find((slot) => overlays.every((overlay) => overlay.slot !== slot));
    if (free === undefined) return;
    // The checkbox changes at once; the curves are shown once they are loaded.
    const shown = [...overlays, { id, slot: free, series: new SeriesSet(), mean: null }];
    this.store.setState({ overlays: shown.sort((a, b) => a.slot - b.slot) });
    await this.#loadOverlay(id);
  }

  /** Shows the mean over several seeds of a run in place of the first one's curves, which must be shown already. */
  async showMean(name: string, ids: readonly string[]): Promise<void> {
    const [first] = ids;
    const sets = await Promise.all(ids.map((id) => this.#seriesOf(id)));
    const { mean, deviation } = meanSeries(sets);
    this.store.setState(({ overlays }) => ({
      overlays: overlays.map((overlay) =>
        overlay.id === first ? { ...overlay, series: mean, mean: { name, ids, deviation } } : overlay,
      ),
    }));
  }

  /** Renames a run. With an empty name, the name is derived from its settings. */
  async rename(id: string, name: string): Promise<void> {
    const given = name.trim() === '' ? null : name.trim();
    this.store.setState(({ runs, live }) => ({
      runs: runs.map((run) => (run.id === id ? { ...run, name: given } : run)),
      live: live?.id === id ? { ...live, name: given } : live,
    }));
    await this.#attempt((storage) => storage.rename(id, given));
  }

  /** Deletes a kept run; `restore` undoes it. */
  async remove(id: string): Promise<void> {
    const run = this.store.getState().runs.find((run) => run.id === id);
    if (run === undefined) return;
    const [track] = await Promise.all([this.#trackOf(id), this.#seriesOf(id)]);
    this.#frames.hold(id, track);
    this.#hide(id);
    this.#sources.frames.forget(id);
    this.store.setState(({ runs, deleted }) => ({
      runs: runs.filter((other) => other.id !== id),
      deleted: [run, ...deleted],
    }));
    await this.#attempt((storage) => storage.remove(id));
  }

  /** Adds a run of another place, whose checkpoint this browser keeps already. */
  async add(run: RunRecord): Promise<void> {
    this.#insert(run);
    await this.#attempt((storage) => storage.save(run, {}, { isNew: true }));
  }

  /** Removes a run that was added, with its checkpoint, for good. */
  async discard(id: string): Promise<void> {
    this.#hide(id);
    this.store.setState(({ runs }) => ({ runs: runs.filter((other) => other.id !== id) }));
    await this.#attempt(async (storage) => {
      await storage.remove(id);
      await storage.purge([id]);
    });
  }

  /** Restores the run that was deleted last. */
  async restore(): Promise<void> {
    const [run, ...deleted] = this.store.getState().deleted;
    if (run === undefined) return;
    this.store.setState({ deleted });
    this.#insert(run);
    const series = await this.#seriesOf(run.id);
    const frames = this.#frames.held(run.id);
    const done = await this.#attempt((storage) => storage.save(run, curvesOf(series), { isNew: true, frames }));
    if (done !== null) this.#frames.drop(run.id);
  }

  /** Makes deletions final: deleted runs can no longer be restored. */
  forgetDeleted(): void {
    const ids = this.store.getState().deleted.map(({ id }) => id);
    for (const id of ids) {
      this.#curves.delete(id);
      this.#frames.drop(id);
    }
    this.store.setState({ deleted: [] });
    void this.#attempt((storage) => storage.purge(ids));
  }

  /** Deletes the stored runs that cannot be read. */
  async removeUnreadable(): Promise<void> {
    const done = await this.#attempt((storage) => storage.removeUnreadable());
    if (done !== null) this.store.setState({ unreadable: 0 });
  }

  /**
   * Updates a run that another tab has written, renamed or deleted.
   * @param trains whether the run trains there
   */
  async changedElsewhere(id: string, trains: boolean): Promise<void> {
    this.#followElsewhere(id, trains);
    const answer = await this.#attempt((storage) => storage.read(id));
    if (answer === null) return;
    const there = answer.value;
    const { live, overlays } = this.store.getState();
    if (live?.id === id) {
      if (there !== null) this.store.setState({ live: { ...live, name: there.name } });
      return;
    }
    this.#curves.delete(id);
    if (there === null) {
      this.#hide(id);
      this.#sources.frames.forget(id);
      this.store.setState(({ runs }) => ({ runs: runs.filter((other) => other.id !== id) }));
      return;
    }
    this.#insert(there);
    if (overlays.some((overlay) => overlay.id === id)) await this.#loadOverlay(id);
  }

  /** The frames of a run, kept or on the page, with its name; null where it has none. */
  async keptTrack(id: string): Promise<KeptTrack | null> {
    const { live, runs } = this.store.getState();
    const run = live?.id === id ? this.current() : runs.find((kept) => kept.id === id);
    const track = live?.id === id ? this.#sources.frames.liveTrack : await this.#trackOf(id);
    return run && track !== null ? { runId: id, name: runName(run), track } : null;
  }

  /** Notes whether a run trains in another tab. A tab that was killed says nothing, so that it counts for a while only. */
  #followElsewhere(id: string, trains: boolean): void {
    clearTimeout(this.#silent.get(id));
    const { elsewhere } = this.store.getState();
    const others = [...elsewhere].filter((other) => other !== id);
    this.store.setState({ elsewhere: new Set(trains ? [...others, id] : others) });
    if (trains)
      this.#silent.set(
        id,
        setTimeout(() => this.#followElsewhere(id, false), LATEST_MS + SOONEST_MS),
      );
  }

  /** Writes the run on the page at once, because the page may be about to close. */
  leave(): void {
    void this.#write(this.#sources.runStore.getState(), { leaving: true, withFrames: true });
  }

  async #load(): Promise<void> {
    const stored = await this.#attempt((storage) => storage.list());
    for (const run of stored?.value.runs ?? []) this.#insert(run);
    this.store.setState({ loaded: true, unreadable: stored?.value.unreadable ?? 0 });
  }

  /** Handles a change of the run store. The series still belong to the run of `before`. */
  #follow(now: RunStoreState, before: RunStoreState): void {
    if (before.active?.runId !== now.active?.runId) {
      this.#end(before);
      return;
    }
    if (now.active === null || now.step === 0) return;
    if (this.store.getState().live === null) this.#begin(now.active);
    // The page recognises its last run by its changes when it is opened again.
    const isChanged = now.changes !== before.changes;
    if (now.runState !== before.runState && now.runState !== 'training') void this.#write(now, { withFrames: true });
    else if (isChanged) void this.#write(now);
    else if (now.step !== before.step) this.#writeSoon();
  }

  #begin({ keptId, parent }: ActiveRun): void {
    this.#origin = originOf(this.#sources.datasetStore.getState(), this.#sources.engineStore.getState());
    // A run that was opened again has a record.
    const { runs } = this.store.getState();
    const there = runs.find(({ id }) => id === keptId);
    this.#written = there !== undefined;
    this.#frames.begin();
    this.#hide(keptId);
    const { name = null, created = Date.now() } = there ?? {};
    this.store.setState({
      live: { id: keptId, name, created, parent },
      runs: runs.filter(({ id }) => id !== keptId),
    });
  }

  /** Moves the run on the page into the archive. */
  #end(before: RunStoreState): void {
    const { live } = this.store.getState();
    if (live === null || this.#origin === null) return;
    const run = recordOf(live, this.#origin, before);
    // Until they are written.
    this.#frames.hold(live.id, this.#sources.frames.liveTrack);
    void this.#write(before, { withFrames: true }).then((done) => {
      const isDeleted = this.store.getState().deleted.some(({ id }) => id === live.id);
      if (done && !isDeleted) this.#frames.drop(live.id);
    });
    this.store.setState({ live: null });
    if (run === null) return;
    this.#curves.set(run.id, seriesOf(curvesOf(this.#sources.series)));
    this.#insert(run);
  }

  #writeSoon(): void {
    if (this.#timer !== null || this.#storage === null || this.store.getState().problem !== null) return;
    const age = Date.now() - (this.store.getState().live?.created ?? 0);
    const wait = Math.min(LATEST_MS, Math.max(SOONEST_MS, age / 10));
    this.#timer = setTimeout(() => void this.#write(this.#sources.runStore.getState()), wait);
  }

  /**
   * Writes the run on the page. Returns whether that succeeded.
   * @param withFrames writes new frames with it, however short ago frames were written
   */
  async #write(state: RunStoreState, { leaving = false, withFrames = false } = {}): Promise<boolean> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const { live } = this.store.getState();
    if (live === null || this.#origin === null) return false;
    const run = recordOf(live, this.#origin, state);
    if (run === null) return false;
    const isNew = !this.#written;
    // Set before the write is done, because a second write may follow at once; transactions run in order.
    this.#written = true;
    const curves = curvesOf(this.#sources.series);
    const frames = this.#frames.toWrite(withFrames);
    const done = await this.#attempt((storage) => storage.save(run, curves, { isNew, leaving, frames }));
    const isLive = this.store.getState().live?.id === live.id;
    if (done !== null) {
      if (isLive) this.#frames.writeSucceeded(frames);
      return true;
    }
    if (isLive) {
      this.#frames.writeFailed();
      if (isNew) this.#written = false;
    }
    return false;
  }

  async #trackOf(id: string): Promise<FrameTrack | null> {
    const held = this.#frames.held(id);
    if (held !== null) return held;
    return (await this.#attempt((storage) => storage.frames(id)))?.value ?? null;
  }

  #insert(run: RunRecord): void {
    this.store.setState(({ runs }) => ({
      runs: [...runs.filter(({ id }) => id !== run.id), run].sort((a, b) => b.created - a.created),
    }));
  }

  #hide(id: string): void {
    this.store.setState(({ overlays }) => ({ overlays: overlays.filter((overlay) => overlay.id !== id) }));
  }

  async #loadOverlay(id: string): Promise<void> {
    const series = await this.#seriesOf(id);
    this.store.setState(({ overlays }) => ({
      overlays: overlays.map((overlay) =>
        overlay.id === id && overlay.mean === null ? { ...overlay, series } : overlay,
      ),
    }));
  }

  async #seriesOf(id: string): Promise<SeriesSet> {
    const there = this.#curves.get(id);
    if (there !== undefined) return there;
    const stored = await this.#attempt((storage) => storage.curves(id));
    const series = seriesOf(stored?.value ?? {});
    this.#curves.set(id, series);
    return series;
  }

  /** The storage's answer; null without a storage or after a failure. Only the first of several failures in a row is reported. */
  async #attempt<T>(work: (storage: RunStorage) => Promise<T>): Promise<{ readonly value: T } | null> {
    if (this.#storage === null || this.store.getState().problem === 'unavailable') return null;
    try {
      const value = await work(this.#storage);
      this.store.setState({ problem: null });
      return { value };
    } catch (error) {
      const now: StorageProblem = error instanceof StorageError ? error.problem : 'unavailable';
      if (this.store.getState().problem === null) notify(this.#sources.noticeStore, PROBLEM_WORDS[now]);
      this.store.setState({ problem: now });
      return null;
    }
  }
}
