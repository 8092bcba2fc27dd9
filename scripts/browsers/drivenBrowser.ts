/** A browser without a window on the screen, driven by a script. */
export interface DrivenBrowser {
  /** Name and version. */
  readonly name: string;
  /** Opens an address and waits for it to load. */
  open(url: string): Promise<void>;
  /** The value that the body of a function returns in the page, as JSON. */
  run(script: string): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Repeats `ask` until it gives another answer than null.
 * @throws Error after `patienceMs`
 */
export async function until<T>(what: string, patienceMs: number, ask: () => Promise<T | null>): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > end) throw new Error(`${what} did not answer within ${Math.round(patienceMs / 1000)} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
