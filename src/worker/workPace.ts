import { breathe } from '../data/import/breathe';
import type { Pace } from '../engine/run/project/pace';
import { StoppedError } from './stoppedError';

/** After so long, messages of the page are handled before the work goes on. */
const BREATHE_AFTER_MS = 10;
const REPORT_EVERY_MS = 200;

/** Keeps long work from holding up the worker, reports its progress, and stops it. */
export class WorkPace implements Pace {
  readonly #report: (done: number, total: number) => void;
  #stops: () => boolean = () => false;
  #isStopped = false;
  #breathed = performance.now();
  #reported = Number.NEGATIVE_INFINITY;
  #total = 0;
  #done = 0;

  /** @param report receives the images that are done, and all; some times a second */
  constructor(report: (done: number, total: number) => void) {
    this.#report = report;
  }

  /** The work stops at its next part. */
  stop(): void {
    this.#isStopped = true;
  }

  /** The work also stops once this says so. */
  stopWhere(stops: () => boolean): void {
    this.#stops = stops;
  }

  expect(images: number): void {
    this.#total += images;
  }

  done(images: number): void {
    this.#done += images;
    const now = performance.now();
    if (now - this.#reported < REPORT_EVERY_MS && this.#done < this.#total) return;
    this.#reported = now;
    this.#report(this.#done, this.#total);
  }

  /** @throws StoppedError */
  async between(): Promise<void> {
    this.#check();
    if (performance.now() - this.#breathed < BREATHE_AFTER_MS) return;
    await breathe();
    this.#breathed = performance.now();
    this.#check();
  }

  #check(): void {
    if (this.#isStopped || this.#stops()) throw new StoppedError();
  }
}
