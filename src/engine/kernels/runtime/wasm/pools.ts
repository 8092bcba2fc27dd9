import { type WasmMemory, webAssembly } from '../../wasmgen/webAssembly';
import { FreeList } from './freeList';

/** Hands out ranges of one WebAssembly memory. */
export interface Pool {
  /** Offset of so many bytes, a multiple of 64. */
  take(bytes: number): number;
  /** Takes back a range that it handed out. */
  give(offset: number, bytes: number): void;
}

/** Ranges begin at multiples of a cache line. */
const ALIGNMENT = 64;
const PAGE = 65536;
/** The memory grows by a sixteenth at least, so that it seldom does: views of it must be made anew each time. */
const GROWTH = 1 / 16;

const FIRST_PAGES = 16;
/** Most pages that a shared memory may grow to: 4, 2 or 1 GB. It reserves all of them at the start, which not every device allows. */
const MOST_PAGES = [65536, 32768, 16384];

function newSharedMemory(): WasmMemory {
  const failures: unknown[] = [];
  for (const maximum of MOST_PAGES) {
    try {
      return new webAssembly.Memory({ initial: FIRST_PAGES, maximum, shared: true });
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures.at(-1);
}

export const alignedBytes = (bytes: number): number => Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT;

/** All of a memory that grows as needed. */
export class Heap implements Pool {
  readonly memory: WasmMemory;
  /** Whether threads can share the memory. */
  readonly isShared: boolean;
  readonly #free = new FreeList();
  /** Bytes handed out. */
  usedBytes = 0;

  /** @throws Error when no memory of this kind can be created */
  constructor({ isShared }: { readonly isShared: boolean }) {
    this.isShared = isShared;
    this.memory = isShared ? newSharedMemory() : new webAssembly.Memory({ initial: FIRST_PAGES });
    // Offset 0 stays unused: it stands for buffers that a kernel does not touch.
    this.#free.give(ALIGNMENT, this.memory.buffer.byteLength - ALIGNMENT);
  }

  /** @throws Error when the memory cannot grow as far */
  take(bytes: number): number {
    const size = alignedBytes(bytes);
    const known = this.#free.take(size) ?? this.#grown(size);
    this.usedBytes += size;
    return known;
  }

  give(offset: number, bytes: number): void {
    const size = alignedBytes(bytes);
    this.#free.give(offset, size);
    this.usedBytes -= size;
  }

  #grown(bytes: number): number {
    const before = this.memory.buffer.byteLength;
    const wanted = Math.ceil(Math.max(bytes, before * GROWTH) / PAGE);
    try {
      this.memory.grow(wanted);
    } catch {
      throw new Error(
        `out of memory: the processor's engine holds ${Math.round(before / 2 ** 20)} MB and got no more; choose a smaller batch or network`,
      );
    }
    this.#free.give(before, wanted * PAGE);
    const offset = this.#free.take(bytes);
    if (offset === null) throw new Error('the memory grew by less than asked for');
    return offset;
  }
}

/**
 * The ranges of one recorded step, which stay its own until it is forgotten. A range given back serves later commands of the same
 * recording, at once: they run in order.
 */
export class Arena implements Pool {
  readonly #heap: Heap;
  readonly #blocks: { readonly offset: number; readonly bytes: number }[] = [];
  readonly #free = new FreeList();
  #isOpen = true;
  /** Bytes that the recording holds. */
  bytes = 0;
  /** For what the host fills once: never given to another use, since a replay does not fill it again. */
  readonly constants: Pool = { take: (bytes) => this.#block(alignedBytes(bytes)), give: () => undefined };

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  take(bytes: number): number {
    const size = alignedBytes(bytes);
    return this.#free.take(size) ?? this.#block(size);
  }

  give(offset: number, bytes: number): void {
    if (this.#isOpen) this.#free.give(offset, alignedBytes(bytes));
  }

  #block(bytes: number): number {
    const offset = this.#heap.take(bytes);
    this.#blocks.push({ offset, bytes });
    this.bytes += bytes;
    return offset;
  }

  /** Gives everything back to the heap; ranges given back later are ignored. */
  dispose(): void {
    this.#isOpen = false;
    for (const { offset, bytes } of this.#blocks.splice(0)) this.#heap.give(offset, bytes);
    this.bytes = 0;
  }
}
