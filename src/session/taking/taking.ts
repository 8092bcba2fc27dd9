import { createStore } from 'zustand/vanilla';
import type { ImageFindings, PageFacts, TakenFile } from '../../domain/takeAlong';
import { formatBytes } from '../../formats/bytes';
import type { RunArchive } from '../archive/runArchive';
import { type EngineSession, engineErrorOf } from '../engine/engineSession';
import { type NoticeStore, notify } from '../noticeStore';
import type { RunStore } from '../run/runStore';
import { FILE_NAMES, type FileId, fileIdOf, type WantedFile } from './wantedFile';

/** A file, complete, with the name to save it under. */
export interface MadeFile {
  readonly name: string;
  readonly file: Blob;
}

/** The file that is being made. */
export interface FileInMaking {
  readonly id: FileId;
  /** Images that are done, of how many; `total` is null until that is known. */
  readonly done: number;
  readonly total: number | null;
  /** Whether it was cancelled and the worker has not ended it yet. */
  readonly isEnding: boolean;
}

/** How the last making of a file ended. */
export type Outcome =
  | { readonly kind: 'saved'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'problem'; readonly words: string };

export interface TakingState {
  /** Whether the place that lists the files is shown. */
  readonly isOpen: boolean;
  readonly making: FileInMaking | null;
  readonly outcomes: Readonly<Partial<Record<FileId, Outcome>>>;
  /** The last beginning or end, as a sentence for screen readers. */
  readonly news: string;
}

/** What taking along needs of the lab. */
export interface TakingLab {
  readonly runStore: RunStore;
  readonly noticeStore: NoticeStore;
  readonly archive: Pick<RunArchive, 'current'>;
  /** What exploring found of the images in use; null where they were not explored. */
  findings(): ImageFindings | null;
}

/** Called with what is done, of how much, while a file is made. */
export type OnDone = (done: number, total: number) => void;

const RUN_REPLACED = 'The run was replaced before its file was complete: nothing was saved.';
const ENDED = 'It ended before the file was complete: nothing was saved. Try again.';

/** The files that a person takes along: one is made at a time, by the worker or by the page. */
export class Taking {
  readonly store = createStore<TakingState>(() => ({ isOpen: false, making: null, outcomes: {}, news: '' }));
  readonly #lab: TakingLab;
  readonly #engine: Pick<EngineSession, 'request'>;
  #ending = new AbortController();

  constructor(lab: TakingLab, engine: Pick<EngineSession, 'request'>) {
    this.#lab = lab;
    this.#engine = engine;
    lab.runStore.subscribe(({ active }, before) => {
      // “Saved” is true of the run that it was said of.
      if (active !== null && active.runId !== before.active?.runId)
        this.#keepOutcomes(({ kind }) => kind === 'problem');
    });
  }

  /** Shows the list of files. Problems of before have been told. */
  open(): void {
    this.#keepOutcomes(({ kind }) => kind !== 'problem');
    this.store.setState({ isOpen: true });
  }

  close(): void {
    this.store.setState({ isOpen: false });
  }

  /**
   * Lets the worker make a file; training waits meanwhile.
   * @returns the file, to be saved; null where none was made, because another one is being made or for a reason that the store says
   */
  takeFromWorker(wanted: Exclude<WantedFile, { kind: 'figure' }>): Promise<MadeFile | null> {
    return this.make(fileIdOf(wanted), async (onDone, signal) => {
      const what = this.#asked(wanted);
      const isOfRun = what.kind !== 'embeddings' || what.by === 'run';
      const runId = isOfRun ? (this.#lab.runStore.getState().active?.runId ?? null) : null;
      const cancel = () =>
        void this.#engine.request<'cancelTakeAlong'>({ type: 'cancelTakeAlong' }).catch(() => undefined);
      signal.addEventListener('abort', cancel);
      try {
        return await this.#engine.request<'takeAlong'>({ type: 'takeAlong', runId, what }, [], onDone);
      } catch (thrown) {
        if (runId !== null && this.#lab.runStore.getState().active?.runId !== runId) throw new Error(RUN_REPLACED);
        const { code, message } = engineErrorOf(thrown);
        throw new Error(code === 'cancelled' ? ENDED : message);
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    });
  }

  /**
   * Makes a file by `work`, which may end early when its signal is aborted: what it returns then is dropped.
   * @returns as `takeFromWorker`
   */
  async make(id: FileId, work: (onDone: OnDone, signal: AbortSignal) => Promise<MadeFile>): Promise<MadeFile | null> {
    if (this.store.getState().making !== null) return null;
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    const { [id]: _, ...outcomes } = this.store.getState().outcomes;
    const making: FileInMaking = { id, done: 0, total: null, isEnding: false };
    this.store.setState({ making, outcomes, news: `${FILE_NAMES[id]} is being made.` });
    const onDone: OnDone = (done, total) =>
      this.store.setState(({ making }) => ({ making: making && { ...making, done, total } }));
    try {
      const made = await work(onDone, signal);
      if (signal.aborted) {
        this.#end(id, { kind: 'cancelled' });
        return null;
      }
      this.#end(id, { kind: 'saved', name: made.name, bytes: made.file.size });
      return made;
    } catch (thrown) {
      const words = thrown instanceof Error ? thrown.message : String(thrown);
      this.#end(id, signal.aborted ? { kind: 'cancelled' } : { kind: 'problem', words });
      return null;
    }
  }

  /** Ends the making of the file. */
  cancel(): void {
    this.store.setState(({ making }) => ({ making: making && { ...making, isEnding: true } }));
    this.#ending.abort();
  }

  #asked(wanted: Exclude<WantedFile, { kind: 'figure' }>): TakenFile {
    if (wanted.kind === 'embeddings') {
      const findings = this.#lab.findings();
      return findings === null ? wanted : { ...wanted, findings };
    }
    if (wanted.kind !== 'project') return wanted;
    return { ...wanted, facts: this.#pageFacts() };
  }

  /** @throws Error before the first step, when the archive has no record of the run */
  #pageFacts(): PageFacts {
    const record = this.#lab.archive.current();
    if (record === null) throw new Error('Nothing is trained yet.');
    const { name, created, dataset, evaluation } = record;
    return { name, created, dataset, evaluation };
  }

  #end(id: FileId, outcome: Outcome): void {
    const { isOpen, outcomes } = this.store.getState();
    const news = newsOf(FILE_NAMES[id], outcome);
    this.store.setState({ making: null, outcomes: { ...outcomes, [id]: outcome }, news });
    if (outcome.kind === 'problem' && !isOpen) notify(this.#lab.noticeStore, news);
  }

  #keepOutcomes(isKept: (outcome: Outcome) => boolean): void {
    this.store.setState(({ outcomes }) => ({
      outcomes: Object.fromEntries(Object.entries(outcomes).filter(([, outcome]) => isKept(outcome))),
    }));
  }
}

function newsOf(name: string, outcome: Outcome): string {
  if (outcome.kind === 'saved') return `${name} is saved, ${formatBytes(outcome.bytes)}.`;
  if (outcome.kind === 'cancelled') return `${name} was cancelled.`;
  return `${name} was not saved. ${outcome.words}`;
}
