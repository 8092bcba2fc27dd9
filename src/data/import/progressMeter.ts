import type { ImportProgress } from '../importTypes';

const REPORT_EVERY_MS = 100;
const WINDOW_MS = 3000;

/** Counts files and tells how fast they go and how long the rest will take, at most ten times a second. */
export class ProgressMeter {
  private done = 0;
  private total = 0;
  private skipped = 0;
  private lastReport = Number.NEGATIVE_INFINITY;
  /** Moments of the last few seconds, for a rate that follows changes. */
  private marks: { time: number; done: number }[] = [];

  constructor(private readonly report: (progress: ImportProgress) => void) {}

  listing(total: number, skipped: number): void {
    this.report({ phase: 'listing', done: 0, total, skipped, imagesPerSecond: 0, remainingSeconds: null });
  }

  /** @param alreadySkipped files that were skipped while listing; they count as done. */
  start(candidates: number, alreadySkipped: number): void {
    this.done = alreadySkipped;
    this.skipped = alreadySkipped;
    this.total = candidates + alreadySkipped;
    this.marks = [{ time: performance.now(), done: this.done }];
    this.send(performance.now());
  }

  add(good: number, skipped: number): void {
    this.done += good + skipped;
    this.skipped += skipped;
    const now = performance.now();
    if (now - this.lastReport >= REPORT_EVERY_MS) this.send(now);
  }

  finish(): void {
    this.send(performance.now());
  }

  private send(now: number): void {
    this.lastReport = now;
    const { done, total, skipped } = this;
    this.marks.push({ time: now, done });
    while (this.marks.length > 2 && now - this.marks[0].time > WINDOW_MS) this.marks.shift();
    const [from] = this.marks;
    const rate = now > from.time ? ((done - from.done) * 1000) / (now - from.time) : 0;
    const remainingSeconds = rate > 0 ? (total - done) / rate : null;
    this.report({ phase: 'decoding', done, total, skipped, imagesPerSecond: rate, remainingSeconds });
  }
}
