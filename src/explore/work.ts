/** Long work in slices: yields the share of it that is done, in [0, 1], every few milliseconds, and returns its result. */
export type Work<T> = Generator<number, T, void>;

/** Called with the share of the work that is done, in [0, 1]. What it returns is awaited; it may throw to stop the work. */
export type OnProgress = (share: number) => void | Promise<void>;

/** Milliseconds of work between two calls of `OnProgress`. */
const SLICE_MS = 20;

/** Does work to its end, and calls `onProgress` after each slice of some 20 ms. */
export async function finished<T>(work: Work<T>, onProgress: OnProgress = () => undefined): Promise<T> {
  let until = Date.now() + SLICE_MS;
  for (;;) {
    const next = work.next();
    if (next.done === true) {
      await onProgress(1);
      return next.value;
    }
    if (Date.now() < until) continue;
    await onProgress(next.value);
    until = Date.now() + SLICE_MS;
  }
}

/** Part of some work's progress: from share `from` to share `to` of the whole. */
export function* within<T>(work: Work<T>, from: number, to: number): Work<T> {
  for (;;) {
    const next = work.next();
    if (next.done === true) return next.value;
    yield from + (to - from) * next.value;
  }
}
