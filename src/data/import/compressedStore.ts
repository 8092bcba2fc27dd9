import { freeMemory } from '../../domain/freeMemory';
import type { PackedItem } from './batches';
import type { CompressedPicture } from './compressPicture';
import type { Comparable } from './pictureGroups';
import { COPY_LENGTH } from './pictureHash';

/** Bytes of packed pictures that make one `Blob`, which browsers keep outside of the page's memory, and on disk where they are many. */
const BLOB_BYTES = 8 * 2 ** 20;

/** Comparable copies in one array: an `ArrayBuffer` of its own for each would take a fifth more. */
const COPIES = 1024;

/** Words of hashes a picture. */
const WORDS = 4;

/** In place of the number of a copy: the picture is nearly flat. */
const FLAT = -1;

/** Where a packed picture is. */
type Place = Pick<PackedItem, 'start' | 'end'> & { readonly blob: number };

/** The compressed pictures of an import by their slots. */
export class CompressedStore {
  /** Four words a slot: of the kept pixels, and of the perceptual hash. Lists of numbers take a tenth of an object for each picture. */
  readonly #hashes: number[] = [];
  /** The number of each slot's comparable copy; `FLAT` where it has none. */
  readonly #copyOf: number[] = [];
  readonly #places: (Place | undefined)[] = [];
  readonly #blobs: Blob[] = [];
  readonly #copies: Int16Array<ArrayBuffer>[] = [];
  #copied = 0;
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  add(slot: number, { packed, keptHash, likeness }: CompressedPicture): void {
    const words = [...keptHash, ...(likeness?.hash ?? [0, 0])];
    for (const [i, word] of words.entries()) this.#hashes[WORDS * slot + i] = word;
    this.#copyOf[slot] = likeness === null ? FLAT : this.#stored(likeness.copy);
    if (packed === null) return;
    this.#places[slot] = { blob: this.#blobs.length, start: this.#bytes, end: this.#bytes + packed.length };
    this.#parts.push(packed);
    this.#bytes += packed.length;
    if (this.#bytes >= BLOB_BYTES) this.#flush();
  }

  /** Returns the number of the copy. */
  #stored(copy: Int16Array): number {
    const number = this.#copied++;
    if (number % COPIES === 0) this.#copies.push(new Int16Array(COPIES * COPY_LENGTH));
    this.#copyAt(number).set(copy);
    return number;
  }

  #copyAt(number: number): Int16Array<ArrayBuffer> {
    const start = COPY_LENGTH * (number % COPIES);
    return this.#copies[Math.floor(number / COPIES)].subarray(start, start + COPY_LENGTH);
  }

  #flush(): void {
    this.#blobs.push(new Blob(this.#parts));
    this.#parts = [];
    this.#bytes = 0;
  }

  /** What the picture of this slot is compared by. It must have been added, and its copy not been freed. */
  compared(slot: number): Comparable {
    const [, , low, high] = this.#wordsOf(slot);
    const number = this.#copyOf[slot];
    const likeness = number === FLAT ? null : { hash: [low, high] as const, copy: this.#copyAt(number) };
    return { keptHash: this.keptHash(slot), likeness };
  }

  /** The hash of the kept pixels of the picture of this slot. */
  keptHash(slot: number): readonly [number, number] {
    const [low, high] = this.#wordsOf(slot);
    return [low, high];
  }

  #wordsOf(slot: number): number[] {
    return this.#hashes.slice(WORDS * slot, WORDS * (slot + 1));
  }

  /** Frees the comparable copies, once all pictures were compared. */
  freeCopies(): void {
    freeMemory(this.#copies);
  }

  /** The packed picture of this slot; null where its file is decoded again. After it no picture is added. */
  packed(slot: number): Omit<PackedItem, 'slot' | 'width' | 'height'> | null {
    if (this.#parts.length > 0) this.#flush();
    const place = this.#places[slot];
    return place === undefined ? null : { source: this.#blobs[place.blob], start: place.start, end: place.end };
  }
}
