import type { ImportProgress } from '../importTypes';

const REPORT_EVERY_MS = 100;
const WINDOW_MS = 3000;

/** Counts files and reports the rate and the remaining time, at most ten times a second. */
export class ProgressMeter {
  readonly #report: (progress: ImportProgress) => void;
  #done = 0;
  #total = 0;
  #skipped = 0;
  #lastReport = Number.NEGATIVE_INFINITY;
  /** Counts at times within the last few seconds, from which the rate is computed. */
  #marks: { time: number; done: number }[] = [];

  constructor(report: (progress: ImportProgress) => void) {
    this.#report = report;
  }

  listing(total: number, skipped: number): void {
    this.#report({ phase: 'listing', done: 0, total, skipped, imagesPerSecond: 0, remainingSeconds: null });
  }

  /** @param alreadySkipped files that were skipped while listing; they count as done. */
  start(candidates: number, alreadySkipped: number): void {
    this.#done = alreadySkipped;
    this.#skipped = alreadySkipped;
    this.#total = candidates + alreadySkipped;
    this.#marks = [{ time: performance.now(), done: this.#done }];
    this.#send(performance.now());
  }

  add(good: number, skipped: number): void {
    this.#done += good + skipped;
    this.#skipped += skipped;
    const now = performance.now();
    if (now - this.#lastReport >= REPORT_EVERY_MS) this.#send(now);
  }

  finish(): void {
    this.#send(performance.now());
  }

  /** @param share of the comparison of `total` pictures that is done, from 0 to 1 */
  comparing(share: number, total: number): void {
    const now = performance.now();
    if (now - this.#lastReport < REPORT_EVERY_MS) return;
    this.#lastReport = now;
    const counts = { done: Math.round(share * total), total, skipped: this.#skipped };
    this.#report({ phase: 'comparing', ...counts, imagesPerSecond: 0, remainingSeconds: null });
  }

  #send(now: number): void {
    this.#lastReport = now;
    const [done, total, skipped] = [this.#done, this.#total, this.#skipped];
    this.#marks.push({ time: now, done });
    while (this.#marks.length > 2 && now - this.#marks[0].time > WINDOW_MS) this.#marks.shift();
    const [from] = this.#marks;
    const rate = now > from.time ? ((done - from.done) * 1000) / (now - from.time) : 0;
    const remainingSeconds = rate > 0 ? (total - done) / rate : null;
    this.#report({ phase: 'decoding', done, total, skipped, imagesPerSecond: rate, remainingSeconds });
  }
}
