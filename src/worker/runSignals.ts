import type { Measurement } from '../domain/measurement';
import { buffersOf, type Emit, type RunSignal } from '../domain/signal';
import type { Event } from '../protocol/events';

/** Measurements are sent to the page at most this often. */
const REPORT_EVERY_MS = 100;

export type Post = (event: Event, transfer?: Transferable[]) => void;

/** Sends a run's signals to the page, measurements several at once. */
export class RunSignals {
  readonly #post: Post;
  readonly #runId: string;
  #measured: Measurement[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #closed = false;
  /** Number of the newest source. */
  #source = 0;

  constructor(post: Post, runId: string) {
    this.#post = post;
    this.#runId = runId;
  }

  /** The receiver of what a trainer reports; what an earlier trainer still reports is dropped from now on. */
  source(): Emit {
    this.cut();
    const number = this.#source;
    return (signal) => {
      if (number === this.#source) this.send(signal);
    };
  }

  /** Drops what the present trainer still reports, and the measurements that wait: its engine is lost. */
  cut(): void {
    this.#source += 1;
    this.#measured = [];
  }

  /** Sends a signal; measurements wait for the next report. */
  send(signal: RunSignal): void {
    if (this.#closed) return;
    if (signal.kind !== 'measurements') {
      this.#post({ type: 'signal', runId: this.#runId, signal }, buffersOf(signal));
      return;
    }
    this.#measured.push(...signal.value);
    this.#timer ??= setTimeout(() => this.report(), REPORT_EVERY_MS);
  }

  /** Sends the measurements that wait. */
  report(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const value = this.#measured;
    this.#measured = [];
    if (this.#closed || value.length === 0) return;
    this.#post({ type: 'signal', runId: this.#runId, signal: { kind: 'measurements', value } });
  }

  /** Drops further signals, and the measurements that wait: the run has ended. */
  close(): void {
    this.#closed = true;
    this.report();
  }
}
