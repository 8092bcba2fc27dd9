import type { RunConfig } from '../../domain/runConfig';
import type { OpenedFile, OpenedPreparation } from '../../domain/takeAlong';
import { CURRENT_VERSION } from '../../domain/versions/registry';
import type { RunPointer } from '../../storage/runPointer';
import type { RunRecord } from '../../storage/runRecord';
import type { RunArchive } from '../archive/runArchive';
import type { Origin, ProjectOrigin } from '../data/datasetLoading';
import type { DatasetStore } from '../data/datasetStore';
import { type EngineSession, engineErrorOf } from '../engine/engineSession';
import { namesRun } from '../keeping/sameRun';
import { type NoticeStore, notify } from '../noticeStore';
import { type Beginning, newKeptId } from '../run/beginning';
import type { RunStore } from '../run/runStore';
import { createOpeningStore } from './openingStore';
import { mayBeOpened } from './recogniseFile';

/** What opening files needs of the lab. */
export interface OpeningLab {
  readonly runStore: RunStore;
  readonly datasetStore: DatasetStore;
  readonly noticeStore: NoticeStore;
  readonly archive: RunArchive;
  /** Replaces the run on the page by one that begins from a checkpoint. */
  begin(beginning: Beginning, run: Pick<RunPointer, 'config' | 'changes'>): void;
  /** As `begin`, once these images are loaded; the run on the page stays until then. Resolves to whether they were loaded. */
  beginOn(origin: ProjectOrigin, beginning: Beginning, run: Pick<RunPointer, 'config' | 'changes'>): Promise<boolean>;
  loadImages(origin: Origin): Promise<void>;
  /** Replaces the run by one with other settings, on images loaded as they need them. Resolves once it is built, or cannot be. */
  replaceBy(config: RunConfig, intent: null): Promise<void>;
}

type OpenedRun = Extract<OpenedFile, { kind: 'run' }>;

/** Opens project files, checkpoints and encoders. A run from a file is kept as those of this browser are, and the page goes on with it. */
export class Opening {
  readonly store = createOpeningStore();
  readonly #lab: OpeningLab;
  readonly #engine: EngineSession;
  /** The number of the last file: an earlier one that is still being checked is not opened any more. */
  #last = 0;

  constructor(lab: OpeningLab, engine: EngineSession) {
    this.#lab = lab;
    this.#engine = engine;
  }

  /** Opens a file where it is one of ours. Resolves to whether it was taken for one; another one may hold images. */
  async open(file: File): Promise<boolean> {
    this.#last += 1;
    const number = this.#last;
    this.store.setState({ checking: null, problem: null });
    if (!(await mayBeOpened(file))) return false;
    if (number !== this.#last) return true;
    this.store.setState({ checking: { name: file.name, share: null } });
    try {
      const opened = await this.#ask(file, number);
      const isLast = number === this.#last;
      if (isLast) this.store.setState({ checking: null });
      return await this.#take(opened, file, isLast);
    } catch (thrown) {
      const { message } = engineErrorOf(thrown);
      if (number === this.#last) this.store.setState({ checking: null, problem: message });
      return true;
    }
  }

  /**
   * Takes the encoder of a kept run in place of the opened one; the run on the page stays.
   * @param name of the run
   * @throws EngineFailure saying why it cannot be had; the opened one stays then
   */
  async openKept(keptId: string, name: string): Promise<void> {
    const opened = await this.#engine.request<'openKept'>({ type: 'openKept', keptId });
    const { step, notes, ...facts } = opened;
    const title = `${name}, step ${step.toLocaleString('en')}`;
    this.store.setState({ openedEncoder: { ...facts, name: title, keptId, notes, isNormalisationStated: true } });
    if (notes.length > 0) notify(this.#lab.noticeStore, notes.join(' '));
  }

  /**
   * Replaces the run by one that begins from the weights of the opened file, with the present settings and the network of the weights. Why it
   * was not made is the store's `problem`.
   */
  async beginFromOpened(): Promise<void> {
    const { openedEncoder, isBeginning } = this.store.getState();
    if (openedEncoder === null || openedEncoder.keptId !== null || isBeginning) return;
    this.store.setState({ isBeginning: true, problem: null });
    try {
      const { runStore } = this.#lab;
      // Images are kept as the weights need them, and a run shows whether the settings fit.
      await this.#lab.replaceBy({ ...runStore.getState().config, ...openedEncoder.network }, null);
      const { active, error } = runStore.getState();
      if (active === null || error !== null) return;
      const { config } = active;
      const made = await this.#engine.request<'beginFromOpened'>({
        type: 'beginFromOpened',
        config,
        keptId: newKeptId(),
      });
      if (made.kind === 'run') await this.#goOn(made, null);
      notify(this.#lab.noticeStore, `The run begins from “${openedEncoder.name}”, with new heads.`);
    } catch (thrown) {
      this.store.setState({ problem: engineErrorOf(thrown).message });
    } finally {
      this.store.setState({ isBeginning: false });
    }
  }

  /** Sets how images are prepared for the opened encoder, where its file does not say. */
  async prepareOpened(as: OpenedPreparation): Promise<void> {
    this.store.setState({ problem: null });
    try {
      const facts = await this.#engine.request<'prepareOpened'>({ type: 'prepareOpened', as });
      this.store.setState(({ openedEncoder }) => ({ openedEncoder: openedEncoder && { ...openedEncoder, ...facts } }));
    } catch (thrown) {
      this.store.setState({ problem: engineErrorOf(thrown).message });
    }
  }

  /** Called when the worker has failed, which held the encoder. */
  workerFailed(): void {
    this.store.setState({ openedEncoder: null });
  }

  /** Clears what was said of the last file. */
  dismissProblem(): void {
    this.store.setState({ problem: null });
  }

  async #ask(file: File, number: number): Promise<OpenedFile> {
    // A file may be dropped before the page's engine has started.
    await this.#engine.ensure(this.#lab.runStore.getState().config.engine);
    return this.#engine.request<'openFile'>(
      { type: 'openFile', file, name: file.name, keptId: newKeptId() },
      [],
      (done, total) => {
        if (number === this.#last) this.store.setState({ checking: { name: file.name, share: done / total } });
      },
    );
  }

  async #take(opened: OpenedFile, file: File, isLast: boolean): Promise<boolean> {
    switch (opened.kind) {
      case 'other':
        return false;
      case 'encoder': {
        const { kind: _, ...facts } = opened;
        const { backbone, featureDim } = facts;
        this.store.setState({ openedEncoder: { ...facts, name: file.name, keptId: null } });
        const text = `“${file.name}” is open: an encoder “${backbone}” with ${featureDim} features. In Explore, “Weights” says what was found in it, and trains from there; “Take along” makes embeddings of the images in use with it.`;
        notify(this.#lab.noticeStore, text);
        return true;
      }
      case 'run':
        if (isLast) await this.#goOn(opened, file);
        else await this.#lab.archive.discard(opened.id);
        return true;
      default:
        return opened satisfies never;
    }
  }

  async #goOn(run: OpenedRun, file: File | null): Promise<void> {
    const { id, config, changes, dataset, evaluation, hasImages } = run;
    const { archive } = this.#lab;
    const origin: ProjectOrigin | null =
      hasImages && file !== null ? { kind: 'project', title: dataset.name, file } : null;
    if (origin !== null && this.#isAwaited(run)) {
      await archive.discard(id);
      await this.#lab.loadImages(origin);
      return;
    }
    await archive.add(recordOf(run));
    const from = { id, step: null };
    const beginning: Beginning = { from, keptId: id, parent: null, dataset, evaluation, changes: [] };
    if (origin === null) this.#lab.begin(beginning, { config, changes });
    else if (!(await this.#lab.beginOn(origin, beginning, { config, changes }))) await archive.discard(id);
  }

  /** Whether the page waits for the images of this very run, which it has opened again: then the file brings them, and the run is not doubled. */
  #isAwaited({ config, changes, created, dataset }: OpenedRun): boolean {
    const { wanted } = this.#lab.datasetStore.getState();
    const { beginning } = this.#lab.runStore.getState();
    if (beginning === null || wanted === null || wanted.fingerprint !== dataset.fingerprint) return false;
    const record = this.#lab.archive.store.getState().runs.find(({ id }) => id === beginning.keptId);
    // The run may have gone on since the file was made.
    return record?.created === created && namesRun({ config, changes: [] }, { config: record.config, changes });
  }
}

/** The record of an opened run, until the page has gone on with it: curves and the rest are in its checkpoint. */
function recordOf({ id, name, created, config, changes, dataset, step, evaluation }: OpenedRun): RunRecord {
  return {
    version: CURRENT_VERSION,
    id,
    name,
    created,
    config,
    changes: changes.filter(([at]) => at <= step),
    dataset,
    parent: null,
    engine: null,
    steps: step,
    state: 'stopped',
    markers: [],
    diagnosis: null,
    baselines: null,
    final: {},
    evaluation,
  };
}
