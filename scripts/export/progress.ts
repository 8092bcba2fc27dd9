/** Milliseconds between two lines. */
const EVERY_MS = 2000;

/** Prints how many images are embedded, not more often than every two seconds. */
export class EmbeddingProgress {
  readonly #all: number;
  readonly #started = performance.now();
  #printed = this.#started;

  constructor(all: number) {
    this.#all = all;
  }

  done(images: number): void {
    const now = performance.now();
    if (now - this.#printed < EVERY_MS || images === this.#all) return;
    this.#printed = now;
    const perSecond = images / ((now - this.#started) / 1000);
    const seconds = Math.ceil((this.#all - images) / perSecond);
    console.log(`${images} of ${this.#all} images embedded, about ${seconds} s left`);
  }
}
