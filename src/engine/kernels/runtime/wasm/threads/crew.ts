import type { WasmMemory } from '../../../wasmgen/webAssembly';
import { Board, type Job, MOST_THREADS, unitsOf } from './board';
import type { ThreadStart } from './serveThread';

/** Creates threads for the engine, which itself cannot create workers. */
export interface ThreadHost {
  /** Logical processors of the machine. */
  readonly processors: number;
  /**
   * Starts a thread that calls `serveThread`.
   * @returns a function that ends the thread, once it serves
   * @throws Error when it does not start
   */
  start(message: ThreadStart): Promise<() => void>;
}

/** The most threads to use on a machine with this many logical processors. */
export function threadsWorthTrying(processors: number): number {
  return Math.max(1, Math.min(MOST_THREADS, processors));
}

/** Threads that share the work of kernels with the one that calls them. */
export class Crew {
  readonly #board: Board;
  readonly #ends: readonly (() => void)[];

  private constructor(board: Board, ends: readonly (() => void)[]) {
    this.#board = board;
    this.#ends = ends;
  }

  /**
   * @param threads in all, the calling one included: 2 to 8
   * @throws Error when one does not start; those that did are ended
   */
  static async start(memory: WasmMemory, host: ThreadHost, threads: number): Promise<Crew> {
    const board = new Board();
    const starts = await Promise.allSettled(
      Array.from({ length: threads - 1 }, (_, i) => host.start({ memory, board: board.buffer, thread: i + 1 })),
    );
    const ends = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed === undefined) return new Crew(board, ends);
    for (const end of ends) end();
    throw failed.reason;
  }

  /** Threads, the calling one included. */
  get size(): number {
    return this.#ends.length + 1;
  }

  /**
   * Computes all units of a job on `threads` of the threads; `compute` does it for the calling one.
   * @throws Error when a thread failed
   */
  share(job: Job, threads: number, compute: (from: number, to: number) => void): void {
    const board = this.#board;
    const number = board.open(job, threads);
    const { chunks } = board.read();
    let error: unknown = null;
    for (let chunk = board.claim(number); chunk !== null; chunk = board.claim(number)) {
      const { from, to } = unitsOf(chunk, { units: job.units, chunks });
      try {
        // After an error the remaining chunks are claimed without being computed, so that no thread works on them later.
        if (error === null) compute(from, to);
      } catch (thrown) {
        error = thrown;
      }
      board.finish();
    }
    board.waitForAll();
    if (error !== null) throw error;
    if (board.takeFailure())
      throw new Error('a thread of the processor’s engine failed to compute its part of a kernel');
  }

  dispose(): void {
    for (const end of this.#ends) end();
  }
}
