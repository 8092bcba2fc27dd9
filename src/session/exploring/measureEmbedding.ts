import { type EngineSession, engineErrorOf } from '../engine/engineSession';
import type { ExploringStore, Measuring } from './exploringStore';

/** What takes longer is measured at a press only, since a run waits meanwhile. */
const UNASKED_MS = 15_000;

/** Measures whether what the images were explored by is better than the untrained network and than raw pixels. */
export class MeasureEmbedding {
  readonly #store: ExploringStore;
  readonly #engine: Pick<EngineSession, 'request'>;
  /** Counts what was begun and given up: answers to earlier requests are ignored. */
  #number = 0;
  /** About the milliseconds that it takes; null where there is nothing to measure. */
  #aboutMs: number | null = null;

  constructor(store: ExploringStore, engine: Pick<EngineSession, 'request'>) {
    this.#store = store;
    this.#engine = engine;
  }

  /**
   * The images were explored by something else: it is measured at once where that is quick.
   * @param aboutMs about how long it takes; null where there is nothing to measure
   */
  explored(aboutMs: number | null): void {
    this.#number += 1;
    this.#aboutMs = aboutMs;
    this.#show(aboutMs === null ? null : { kind: 'not measured', aboutMs });
    if (aboutMs !== null && aboutMs <= UNASKED_MS) void this.measure();
  }

  async measure(): Promise<void> {
    if (this.#aboutMs === null || this.#store.getState().measuring?.kind === 'being measured') return;
    this.#number += 1;
    const number = this.#number;
    const show = (measuring: Measuring) => {
      if (number === this.#number) this.#show(measuring);
    };
    show({ kind: 'being measured', done: 0, total: null });
    const onProgress = (done: number, total: number) => show({ kind: 'being measured', done, total });
    try {
      const line = await this.#engine.request<'measureExplored'>({ type: 'measureExplored' }, [], onProgress);
      show({ kind: 'measured', line });
    } catch (thrown) {
      show({ kind: 'failed', problem: engineErrorOf(thrown).message });
    }
  }

  /** Ends the measurement under way; it can be begun again. */
  cancel(): void {
    if (this.#store.getState().measuring?.kind !== 'being measured') return;
    this.#number += 1;
    // A failure to cancel means that there is nothing to cancel.
    this.#engine.request<'cancelMeasuring'>({ type: 'cancelMeasuring' }).catch(() => undefined);
    this.#show(this.#aboutMs === null ? null : { kind: 'not measured', aboutMs: this.#aboutMs });
  }

  #show(measuring: Measuring | null): void {
    this.#store.setState({ measuring });
  }
}
