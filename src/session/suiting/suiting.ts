import { createStore } from 'zustand/vanilla';
import type { RunConfig } from '../../domain/runConfig';
import type { SuitMinutes, SuitTable } from '../../domain/suiting/suitTable';
import type { DatasetStore } from '../data/datasetStore';
import { type EngineSession, engineErrorOf } from '../engine/engineSession';
import { type NoticeStore, notify } from '../noticeStore';
import { hasMoved, type RunStore } from '../run/runStore';

export interface SuitingState {
  /** Whether the panel is shown. */
  readonly isOpen: boolean;
  /** How long the next search may take. */
  readonly minutes: SuitMinutes;
  readonly isRunning: boolean;
  /** The evidence of the search under way, or of the last one on the images in use. */
  readonly table: SuitTable | null;
  /** Why the last search ended without a result. */
  readonly problem: string | null;
}

/** What the search for settings needs of the lab. */
export interface SuitingLab {
  readonly runStore: RunStore;
  readonly datasetStore: DatasetStore;
  readonly noticeStore: NoticeStore;
}

export interface SuitingParts {
  readonly engine: Pick<EngineSession, 'request'>;
  /** Called before a search: the images in use must not be replaced by the whole of a sample meanwhile. */
  keepPart(): void;
  /** Replaces the run by one with other settings, paused. */
  replaceBy(config: RunConfig): Promise<void>;
}

const CANCELLED = 'The search was cancelled before it had a result.';

/** Searches for settings that suit the images in use, by the training worker; a run waits meanwhile. */
export class Suiting {
  readonly store = createStore<SuitingState>(() => ({
    isOpen: false,
    minutes: 3,
    isRunning: false,
    table: null,
    problem: null,
  }));
  readonly #lab: SuitingLab;
  readonly #parts: SuitingParts;
  /** Counts searches begun and forgotten: answers to earlier ones are ignored. */
  #number = 0;

  constructor(lab: SuitingLab, parts: SuitingParts) {
    this.#lab = lab;
    this.#parts = parts;
    lab.datasetStore.subscribe(({ info }, before) => {
      if (info !== before.info) this.#forget();
    });
  }

  open(): void {
    this.store.setState({ isOpen: true });
  }

  /** Closes the panel; a search goes on. */
  close(): void {
    this.store.setState({ isOpen: false });
  }

  choose(minutes: SuitMinutes): void {
    this.store.setState({ minutes });
  }

  /** Searches around the present settings. */
  async start(): Promise<void> {
    const { isRunning, minutes } = this.store.getState();
    if (isRunning || this.#lab.datasetStore.getState().info === null) return;
    this.#number += 1;
    const number = this.#number;
    this.#parts.keepPart();
    this.store.setState({ isRunning: true, table: null, problem: null });
    const { config } = this.#lab.runStore.getState();
    const show = (table: SuitTable) => {
      if (number === this.#number) this.store.setState({ table });
    };
    try {
      const command = { type: 'suit', config, seconds: 60 * minutes } as const;
      const table = await this.#parts.engine.request<'suit'>(command, [], (_done, _total, known) => {
        if (known !== undefined) show(known);
      });
      if (number === this.#number) this.store.setState({ isRunning: false, table });
    } catch (thrown) {
      if (number !== this.#number) return;
      const { code, message } = engineErrorOf(thrown);
      this.#endWith(code === 'cancelled' ? CANCELLED : message);
    }
  }

  #endWith(problem: string): void {
    this.store.setState(({ table }) => ({
      isRunning: false,
      table: table && { ...table, task: null, secondsLeft: null },
      problem,
    }));
  }

  /** Ends the search under way. What was measured stays. */
  cancel(): void {
    if (!this.store.getState().isRunning) return;
    // A failure to cancel means that there is nothing to cancel.
    this.#parts.engine.request<'cancelSuit'>({ type: 'cancelSuit' }).catch(() => undefined);
  }

  /** Builds a new run with the settings of a candidate; the present one is kept as any other. */
  async apply(entry: number): Promise<void> {
    const { table, isRunning } = this.store.getState();
    const config = table?.entries[entry]?.config;
    if (config === undefined || isRunning) return;
    if (hasMoved(this.#lab.runStore.getState())) {
      notify(
        this.#lab.noticeStore,
        'A new run has these settings; the run before is in the table of runs, under Compare.',
      );
    }
    await this.#parts.replaceBy(config);
  }

  /** Other images: nothing that was measured holds for them. */
  #forget(): void {
    this.cancel();
    this.#number += 1;
    this.store.setState({ isRunning: false, table: null, problem: null });
  }
}
