import { createStore } from 'zustand/vanilla';
import type { LessonStep } from '../../domain/lessons/lesson';
import { encodeShareLink } from '../../domain/shareLink';
import type { PageStorage } from '../pageText';
import type { DraftStep, LessonDraft } from './draft';
import { readDraft, writeDraft } from './pageStorage';
import type { PageStores } from './readPage';

export interface WriterState {
  readonly isOpen: boolean;
  readonly isRecording: boolean;
  readonly draft: LessonDraft;
}

const EMPTY: LessonDraft = { title: '', minutes: 5, hides: false, settings: '', steps: [] };

/** Whether two steps in a row are about the same setting: then the later one stands for both. */
function isSameSetting(a: LessonStep, b: LessonStep): boolean {
  const [[first], [second]] = [a.wait, b.wait];
  if (first === undefined || second === undefined || !('set' in first) || !('set' in second)) return false;
  return first.set === second.set;
}

/** Writes a lesson: records what a person does on the page as steps, which can then be edited. The draft outlives the page. */
export class LessonWriter {
  readonly store = createStore<WriterState>(() => ({ isOpen: false, isRecording: false, draft: EMPTY }));
  readonly #page: PageStores;
  readonly #storage: PageStorage | null;
  #lastKey = 0;
  #stop: (() => void) | null = null;
  #isRead = false;

  constructor(page: PageStores, storage: PageStorage | null) {
    this.#page = page;
    this.#storage = storage;
  }

  /** Opens the editor, with the draft of an earlier opening of the page. */
  async open(): Promise<void> {
    if (!this.#isRead) {
      this.#isRead = true;
      const { keptDraft } = await import('./lessonDraft');
      const kept = keptDraft(readDraft(this.#storage));
      if (kept !== null) this.edit({ ...kept, steps: kept.steps.map((step) => this.#keyed(step)) });
    }
    this.store.setState({ isOpen: true });
  }

  close(): void {
    this.stopRecording();
    this.store.setState({ isOpen: false });
  }

  async record(): Promise<void> {
    if (this.#stop !== null) return;
    const { recordActions } = await import('./recordActions');
    if (this.store.getState().draft.steps.length === 0) this.takeSettings();
    this.#stop = recordActions(this.#page, (step) => this.add(step));
    this.store.setState({ isRecording: true });
  }

  /** Makes the settings of the page those that the lesson opens with; on a person's own images it opens with the page's as they are. */
  takeSettings(): void {
    const { config } = this.#page.runStore.getState();
    this.edit({ settings: config.dataset === 'folder' ? '' : encodeShareLink({ config, changes: [], folder: null }) });
  }

  stopRecording(): void {
    this.#stop?.();
    this.#stop = null;
    this.store.setState({ isRecording: false });
  }

  /** Adds a step at the end; one about the same setting as the last step replaces it. */
  add(step: LessonStep): void {
    const { steps } = this.store.getState().draft;
    const last = steps.at(-1);
    const kept = last !== undefined && isSameSetting(last, step) ? steps.slice(0, -1) : steps;
    this.edit({ steps: [...kept, this.#keyed(step)] });
  }

  /** Changes a step; null removes it. */
  change(key: number, change: Partial<LessonStep> | null): void {
    const { steps } = this.store.getState().draft;
    this.edit({
      steps: steps.flatMap((step) => (step.key !== key ? [step] : change === null ? [] : [{ ...step, ...change }])),
    });
  }

  /** Moves a step up or down by one place. */
  move(key: number, by: -1 | 1): void {
    const steps = [...this.store.getState().draft.steps];
    const at = steps.findIndex((step) => step.key === key);
    const [step, other] = [steps[at], steps[at + by]];
    if (step === undefined || other === undefined) return;
    steps[at] = other;
    steps[at + by] = step;
    this.edit({ steps });
  }

  edit(change: Partial<LessonDraft>): void {
    const draft = { ...this.store.getState().draft, ...change };
    this.store.setState({ draft });
    writeDraft(this.#storage, draft);
  }

  clear(): void {
    this.edit(EMPTY);
  }

  #keyed(step: LessonStep): DraftStep {
    this.#lastKey += 1;
    return { ...step, key: this.#lastKey };
  }
}
