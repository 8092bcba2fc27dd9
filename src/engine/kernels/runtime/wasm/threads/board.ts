/**
 * What threads tell one another while they share the work of kernels: numbers in a memory of their own.
 *
 * A job is a call of one kernel, cut into chunks of units. Threads claim chunks until none is left, so that a thread which the system
 * delays takes fewer of them. Jobs are numbered, and a claim names its job: a thread that read the description of a job too late claims
 * nothing.
 */

/** Chunks of a job for each thread: enough that the others hardly wait for a delayed thread. */
const CHUNKS_PER_THREAD = 4;
/** Low bits of the claim word, which count the chunks that nobody has claimed. */
const CHUNK_BITS = 8;
const MOST_CHUNKS = (1 << CHUNK_BITS) - 1;
/** Jobs are numbered in the remaining bits, and from zero again after that. */
const JOB_MASK = (1 << (31 - CHUNK_BITS)) - 1;

/** Words of the board. Those that different threads write lie in cache lines of their own. */
const LINE = 16;
const CLAIM = 0;
const UNFINISHED = LINE;
const FAILED = 2 * LINE;
const DESCRIPTION = 3 * LINE;
const MOST_OFFSETS = 2 * LINE - 8;
/** After these, one line for each thread: the job that it was woken for last. */
const BELLS = DESCRIPTION + 2 * LINE;

/** Threads that can share a board, the first included. */
export const MOST_THREADS = 8;

/** A call of a kernel, by numbers alone. */
export interface Job {
  /** Where the kernel's module lies in the shared memory: its bytes, followed by its name. */
  readonly module: { readonly offset: number; readonly bytes: number; readonly nameBytes: number };
  readonly units: number;
  /** Memory of the first thread for temporary numbers; those of the others follow. */
  readonly scratch: { readonly offset: number; readonly bytes: number };
  readonly offsets: readonly number[];
}

export interface Chunk {
  readonly from: number;
  readonly to: number;
}

export class Board {
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(buffer = new SharedArrayBuffer((BELLS + MOST_THREADS * LINE) * Int32Array.BYTES_PER_ELEMENT)) {
    this.#words = new Int32Array(buffer);
  }

  get buffer(): SharedArrayBuffer {
    return this.#words.buffer;
  }

  /** Announces a job to the first `threads` threads and returns its number. Only the first thread calls this, after the last job's end. */
  open({ module, units, scratch, offsets }: Job, threads: number): number {
    if (offsets.length > MOST_OFFSETS)
      throw new Error(`a kernel with more than ${MOST_OFFSETS} buffers cannot be shared`);
    const words = this.#words;
    const job = ((words[CLAIM] >>> CHUNK_BITS) + 1) & JOB_MASK;
    const chunks = Math.min(units, threads * CHUNKS_PER_THREAD, MOST_CHUNKS);
    const description = [
      module.offset,
      module.bytes,
      module.nameBytes,
      units,
      chunks,
      scratch.offset,
      scratch.bytes,
      offsets.length,
      ...offsets,
    ];
    words.set(description, DESCRIPTION);
    Atomics.store(words, UNFINISHED, chunks);
    Atomics.store(words, CLAIM, (job << CHUNK_BITS) | chunks);
    for (let thread = 1; thread < threads; thread++) {
      Atomics.store(words, BELLS + thread * LINE, job);
      Atomics.notify(words, BELLS + thread * LINE);
    }
    return job;
  }

  /** The job as announced; read it before claiming, since it may be overwritten once no chunk is left. */
  read(): Job & { readonly chunks: number } {
    const [module, bytes, nameBytes, units, chunks, scratch, scratchBytes, count] = this.#words.subarray(
      DESCRIPTION,
      DESCRIPTION + 8,
    );
    return {
      module: { offset: module, bytes, nameBytes },
      units,
      chunks,
      scratch: { offset: scratch, bytes: scratchBytes },
      offsets: Array.from(this.#words.subarray(DESCRIPTION + 8, DESCRIPTION + 8 + count)),
    };
  }

  /** Takes a chunk of the job; null when none is left or another job is under way. */
  claim(job: number): number | null {
    const words = this.#words;
    let word = Atomics.load(words, CLAIM);
    while (word >>> CHUNK_BITS === job && (word & MOST_CHUNKS) > 0) {
      const found = Atomics.compareExchange(words, CLAIM, word, word - 1);
      if (found === word) return (word & MOST_CHUNKS) - 1;
      word = found;
    }
    return null;
  }

  /** Marks a claimed chunk as finished. */
  finish(): void {
    if (Atomics.sub(this.#words, UNFINISHED, 1) === 1) Atomics.notify(this.#words, UNFINISHED);
  }

  /** Waits until all chunks of the job are finished. */
  waitForAll(): void {
    for (;;) {
      const left = Atomics.load(this.#words, UNFINISHED);
      if (left === 0) return;
      Atomics.wait(this.#words, UNFINISHED, left);
    }
  }

  /** Waits until a thread is woken for another job than `last`, and returns that job. */
  waitForJob(thread: number, last: number): number {
    for (;;) {
      const job = Atomics.load(this.#words, BELLS + thread * LINE);
      if (job !== last) return job;
      Atomics.wait(this.#words, BELLS + thread * LINE, last);
    }
  }

  reportFailure(): void {
    Atomics.store(this.#words, FAILED, 1);
  }

  /** Whether a thread has failed since this was asked last. */
  takeFailure(): boolean {
    return Atomics.exchange(this.#words, FAILED, 0) === 1;
  }
}

/** The units of a chunk. */
export function unitsOf(chunk: number, { units, chunks }: { readonly units: number; readonly chunks: number }): Chunk {
  return { from: Math.floor((chunk * units) / chunks), to: Math.floor(((chunk + 1) * units) / chunks) };
}
