import type { ImportProgress } from '../importTypes';

const REPORT_EVERY_MS = 250;
const WINDOW_MS = 3000;

/** Counts files and reports the rate and the remaining time, at most four times a second: each report makes the page draw, which leaves garbage there. */
export class ProgressMeter {
  readonly #report: (progress: ImportProgress) => void;
  #phase: 'listing' | 'decoding' = 'listing';
  /** Files that were found for decoding, and those refused before. */
  #found = 0;
  #refused = 0;
  #decoded = 0;
  #skipped = 0;
  #lastReport = Number.NEGATIVE_INFINITY;
  /** Counts at times within the last few seconds, from which the rate is computed. */
  #marks: { time: number; done: number }[] = [];

  constructor(report: (progress: ImportProgress) => void) {
    this.#report = report;
  }

  /** @param refused files that were skipped without decoding; they count as done once all are found */
  found(files: number, refused: number): void {
    this.#found += files;
    this.#refused += refused;
    this.#skipped += refused;
    this.#sendSometimes();
  }

  /** After it all files are known. */
  allFound(): void {
    this.#phase = 'decoding';
    this.#marks = [];
    this.#send(performance.now());
  }

  add(good: number, skipped: number): void {
    this.#decoded += good + skipped;
    this.#skipped += skipped;
    this.#sendSometimes();
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

  #sendSometimes(): void {
    const now = performance.now();
    if (now - this.#lastReport >= REPORT_EVERY_MS) this.#send(now);
  }

  #send(now: number): void {
    this.#lastReport = now;
    const phase = this.#phase;
    const before = phase === 'listing' ? 0 : this.#refused;
    const [done, total, skipped] = [this.#decoded + before, this.#found + before, this.#skipped];
    this.#marks.push({ time: now, done });
    while (this.#marks.length > 2 && now - this.#marks[0].time > WINDOW_MS) this.#marks.shift();
    const [from] = this.#marks;
    const rate = now > from.time ? ((done - from.done) * 1000) / (now - from.time) : 0;
    const remainingSeconds = rate > 0 && phase === 'decoding' ? (total - done) / rate : null;
    this.#report({ phase, done, total, skipped, imagesPerSecond: rate, remainingSeconds });
  }
}
