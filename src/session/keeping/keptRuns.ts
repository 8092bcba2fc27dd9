import { createStore } from 'zustand/vanilla';
import { areDerivedAlike } from '../../domain/derivation';
import { CURRENT_VERSION } from '../../domain/versions/registry';
import type { CheckpointStorage } from '../../storage/checkpointStorage';
import type { RunPointer } from '../../storage/runPointer';
import { runName } from '../archive/describeRun';
import type { RunArchive } from '../archive/runArchive';
import type { DatasetStore } from '../data/datasetStore';
import { identityOf } from '../data/identity';
import type { OpenedLink } from '../link/link';
import { type NoticeStore, notify } from '../noticeStore';
import { type PageStorage, readText, writeText } from '../pageText';
import { type Beginning, newKeptId } from '../run/beginning';
import type { RunLock } from '../run/runLock';
import type { RunStore } from '../run/runStore';
import { KEEPING_PROBLEMS } from './problemWords';
import { namesRun } from './sameRun';

/** What kept runs need of the lab. */
export interface KeepingLab {
  readonly runStore: RunStore;
  readonly datasetStore: DatasetStore;
  readonly noticeStore: NoticeStore;
  readonly archive: RunArchive;
  /** Replaces the run on the page by one that begins from a checkpoint. */
  begin(beginning: Beginning, run: Pick<RunPointer, 'config' | 'changes'>): void;
}

export interface KeepingState {
  /** The runs that have checkpoints, by id, the last written first. */
  readonly runs: ReadonlyMap<string, RunPointer>;
  /** Bytes that the checkpoints of all runs may take, as the person chose. */
  readonly budget: number;
}

const [MB, GB] = [1e6, 1e9];
/** What a person can choose. */
export const BUDGETS = [100 * MB, 500 * MB, 2 * GB, 10 * GB] as const;
const DEFAULT_BUDGET = 500 * MB;
const BUDGET_KEY = 'simsiam-lab-weights-budget';

/** The page does not wait longer for its storage: WebKit may block it for good after a tab was closed in the middle of a write. */
const PATIENCE_MS = 2000;

function after(ms: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ms);
  });
}

function budgetIn(storage: PageStorage | null): number {
  const budget = Number(readText(storage, BUDGET_KEY));
  return BUDGETS.find((choice) => choice === budget) ?? DEFAULT_BUDGET;
}

/** The runs whose weights are kept: which can go on, and from which steps. */
export class KeptRuns {
  readonly store;
  readonly #pageStorage: PageStorage | null;
  readonly #lab: KeepingLab;
  readonly #storage: CheckpointStorage | null;
  readonly #lock: RunLock;

  constructor(lab: KeepingLab, storage: CheckpointStorage | null, lock: RunLock, pageStorage: PageStorage | null) {
    this.#lab = lab;
    this.#pageStorage = pageStorage;
    this.store = createStore<KeepingState>(() => ({ runs: new Map(), budget: budgetIn(pageStorage) }));
    this.#storage = storage;
    this.#lock = lock;
    lab.runStore.subscribe((now, before) => {
      if (now.active !== null && now.active.keptId !== before.active?.keptId) void lock.take(now.active.keptId);
      if (now.kept === before.kept || now.kept === null) return;
      void this.refresh();
      const { problem } = now.kept;
      // The archive says where the browser stores nothing at all.
      if (problem === null || problem === 'unavailable' || problem === before.kept?.problem) return;
      notify(lab.noticeStore, KEEPING_PROBLEMS[problem]);
    });
  }

  /** Reads again which runs are kept. Where nothing can be read, none is. */
  async refresh(): Promise<void> {
    const stored = await this.#storage?.pointers().catch(() => null);
    if (stored) this.store.setState({ runs: new Map(stored.pointers.map((pointer) => [pointer.id, pointer])) });
  }

  /** Sets how much the checkpoints of all runs may take; it holds from the next run on. What is kept stays. */
  setBudget(budget: number): void {
    this.store.setState({ budget });
    writeText(this.#pageStorage, BUDGET_KEY, String(budget));
  }

  /**
   * The run to open with the page: the last one that was kept, where the address has no settings or names that run, and no other tab has it
   * open. null otherwise.
   */
  async lastRun({ run, isFirstVisit }: OpenedLink): Promise<RunPointer | null> {
    if (this.#storage === null) return null;
    const isRead = Promise.all([this.refresh(), this.#lab.archive.ready]).then(() => true);
    if (!(await Promise.race([isRead, after(PATIENCE_MS)]))) return null;
    const [last] = this.store.getState().runs.values();
    if (last === undefined) return null;
    const record = this.#lab.archive.store.getState().runs.find(({ id }) => id === last.id);
    const changes = [...last.changes, ...(record?.changes ?? [])];
    const isNamed = areDerivedAlike(run.derivation, last.dataset.derivation);
    if (!isFirstVisit && !(isNamed && namesRun(run, { config: last.config, changes }))) return null;
    if (await this.#lock.take(last.id)) return last;
    const text = `“${this.#nameOf(last)}” is open in another tab. This tab starts a run of its own.`;
    notify(this.#lab.noticeStore, text);
    return null;
  }

  /** Goes on with a kept run where it was, in place of the run on the page. */
  async goOn(id: string): Promise<void> {
    await this.refresh();
    const run = this.#found(id);
    if (run === null) return;
    if (!(await this.#lock.take(id))) {
      notify(this.#lab.noticeStore, `“${this.#nameOf(run)}” is open in another tab: go on with it there, or fork it.`);
      return;
    }
    this.#lab.begin(this.beginningOf(run), run);
  }

  /**
   * Begins a new run from a kept step of another one, with changes that are made at once. Both are laid over each other. Resolves to whether
   * such a step is kept.
   * @param onBegun called with the id that the new run is kept under, when it has taken the place of the run on the page
   */
  async fork(
    id: string,
    step: number,
    changes: Beginning['changes'],
    onBegun: (keptId: string) => void = () => undefined,
  ): Promise<boolean> {
    await this.refresh();
    const run = this.#found(id);
    if (run === null || !run.steps.some((kept) => kept.step === step)) return false;
    const beginning: Beginning = {
      from: { id, step },
      keptId: newKeptId(),
      parent: { id, step },
      dataset: run.dataset,
      evaluation: null,
      changes,
    };
    this.#lab.begin(beginning, { ...run, changes: run.changes.filter(([at]) => at < step) });
    onBegun(beginning.keptId);
    const { overlays, runs } = this.#lab.archive.store.getState();
    const isShown = overlays.some((overlay) => overlay.id === id);
    if (!isShown && runs.some((kept) => kept.id === id)) await this.#lab.archive.toggle(id);
    return true;
  }

  /**
   * Opens the run on the page again, paused, after its worker has failed. A run that has not moved since it was opened is left as it is: it
   * would fail again.
   */
  async afterCrash(): Promise<void> {
    const { active, step } = this.#lab.runStore.getState();
    if (active === null || step <= (active.reopenedAt ?? 0)) return;
    await this.refresh();
    const kept = this.store.getState().runs.get(active.keptId);
    if (kept === undefined) return;
    const text = `The training worker failed at step ${step}. The run is open again at step ${kept.last}, the last that was kept.`;
    await this.goOn(active.keptId);
    notify(this.#lab.noticeStore, text);
  }

  /** How a kept run goes on where it was. */
  beginningOf({ id, parent, dataset }: RunPointer): Beginning {
    const record = this.#lab.archive.store.getState().runs.find((kept) => kept.id === id);
    const evaluation = record?.evaluation ?? null;
    return { from: { id, step: null }, keptId: id, parent, dataset, evaluation, changes: [] };
  }

  #found(id: string): RunPointer | null {
    const run = this.store.getState().runs.get(id) ?? this.#runOnPage(id);
    if (run === null) notify(this.#lab.noticeStore, 'No weights of this run are kept any more.');
    return run;
  }

  /** The run on the page where the browser stores nothing: its worker keeps it as long as the page is open. */
  #runOnPage(id: string): RunPointer | null {
    const { active, kept, changes, step } = this.#lab.runStore.getState();
    if (active?.keptId !== id || kept === null) return null;
    const { config, parent } = active;
    const steps = kept.steps.map((entry) => ({ ...entry, keptFor: [] }));
    const dataset = identityOf(this.#lab.datasetStore.getState());
    const made = changes.filter(([at]) => at <= step);
    const last = steps.at(-1)?.step ?? 0;
    return { version: CURRENT_VERSION, id, config, changes: made, dataset, parent, steps, last, written: Date.now() };
  }

  #nameOf(run: RunPointer): string {
    const record = this.#lab.archive.store.getState().runs.find(({ id }) => id === run.id);
    return runName({ name: record?.name ?? null, config: run.config, changes: run.changes });
  }
}
