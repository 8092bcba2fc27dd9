import { isDoing, isMet, type LessonCondition } from '../../domain/lessons/conditions';
import type { Lesson } from '../../domain/lessons/lesson';
import type { PageStorage } from '../pageText';
import { createLessonStore, type LessonState, NO_STEP, phaseOf, stepOf } from './lessonStore';
import { readKept, writeKept } from './pageStorage';
import { type PageStores, readPage, watchPage } from './readPage';

const isMeasured = (condition: LessonCondition) => 'signal' in condition;

/**
 * Plays a lesson: shows one step after the other, and waits for what the step waits for on the page's stores. A lesson can be left and
 * resumed at any step; progress outlives the page.
 */
export class LessonPlayer {
  readonly store;
  readonly #page: PageStores;
  readonly #storage: PageStorage | null;
  #unwatch: (() => void) | null = null;

  constructor(page: PageStores, storage: PageStorage | null) {
    this.#page = page;
    this.#storage = storage;
    this.store = createLessonStore(readKept(storage).progress);
  }

  /** Opens a lesson at a step; by default where the person left it. */
  open(lesson: Lesson, step = this.#state.progress[lesson.id]?.step ?? 0): void {
    this.store.setState({ lesson, isOpen: true });
    this.#enter(Math.min(step, lesson.steps.length));
  }

  /** Makes a lesson the one that can be resumed, without showing it. */
  hold(lesson: Lesson): void {
    this.store.setState({ ...NO_STEP, lesson, step: this.#state.progress[lesson.id]?.step ?? 0 });
  }

  /** Hides the lesson; its step is kept. */
  leave(): void {
    this.#stop();
    this.#set({ isOpen: false });
  }

  /** Shows the lesson again that was left. */
  resume(): void {
    const { lesson, step } = this.#state;
    if (lesson !== null) this.open(lesson, step);
  }

  /** Answers the step's question. */
  guess(choice: number): void {
    const question = stepOf(this.#state)?.question;
    if (phaseOf(this.#state) !== 'guess' || question?.choices[choice] === undefined) return;
    this.store.setState({ guess: choice, since: this.#page.runStore.getState().step });
    this.#evaluate(true);
  }

  /** Goes to the next step, if what this one waits for has come. */
  next(): void {
    const phase = phaseOf(this.#state);
    if (phase === 'ready' || phase === 'answer') this.#enter(this.#state.step + 1);
  }

  /** Goes to the next step although this one's wait is not over: for a run that has ended and can no longer meet it. */
  skip(): void {
    if (this.isHopeless()) this.#enter(this.#state.step + 1);
  }

  back(): void {
    if (this.#state.step > 0) this.#enter(this.#state.step - 1);
  }

  /** Whether the step waits for measurements of a run that is over. */
  isHopeless(): boolean {
    const { runState } = this.#page.runStore.getState();
    const isOver = runState === 'finished' || runState === 'diverged' || runState === 'failed';
    return isOver && phaseOf(this.#state) === 'wait' && stepOf(this.#state)?.wait.some(isMeasured) === true;
  }

  get #state(): LessonState {
    return this.store.getState();
  }

  #enter(step: number): void {
    const { lesson } = this.#state;
    if (lesson === null) return;
    this.#set({ ...NO_STEP, step, since: this.#page.runStore.getState().step });
    if (step === lesson.steps.length) this.#stop();
    else this.#unwatch ??= watchPage(this.#page, () => this.#evaluate(false));
    this.#evaluate(true);
  }

  #stop(): void {
    this.#unwatch?.();
    this.#unwatch = null;
  }

  /** @param isNew whether the step or its guess is new: what holds already is then shown, and not passed over */
  #evaluate(isNew: boolean): void {
    const step = stepOf(this.#state);
    if (!this.#state.isOpen || step === null || phaseOf(this.#state) !== 'wait') return;
    const now = this.#page.runStore.getState().step;
    const reading = readPage(this.#page, this.#state.since);
    const isDone = step.wait.every((condition) => isMeasured(condition) || isMet(condition, reading));
    // Steps count from what the person does on, and from step 0 of a new run.
    if (!isDone || now < this.#state.since) {
      if (now !== this.#state.since) this.store.setState({ since: now });
      return;
    }
    if (!step.wait.every((condition) => isMet(condition, reading))) return;
    if (!isNew && step.question === undefined && isDoing(step.wait)) this.#enter(this.#state.step + 1);
    else this.store.setState({ isMet: true });
  }

  /** Changes the state and keeps the progress. */
  #set(change: Partial<LessonState>): void {
    const { lesson, step, isOpen, progress } = { ...this.#state, ...change };
    if (lesson === null) return;
    const before = progress[lesson.id];
    const isEnd = step === lesson.steps.length;
    // Last in the object, since the lessons begun first are forgotten first.
    const { [lesson.id]: _, ...others } = progress;
    const now = { ...others, [lesson.id]: { step: isEnd ? 0 : step, isDone: isEnd || before?.isDone === true } };
    this.store.setState({ ...change, progress: now });
    writeKept(this.#storage, { progress: now, open: isOpen && !isEnd ? lesson.id : null });
  }
}
