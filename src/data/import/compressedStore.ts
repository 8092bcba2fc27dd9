import type { PackedItem } from './batches';
import type { CompressedPicture } from './compressPicture';
import { freeMemory } from './freeMemory';
import { COPY_LENGTH } from './pictureHash';

/** Bytes of packed pictures that make one `Blob`, which browsers keep outside of the page's memory, and on disk where they are many. */
const BLOB_BYTES = 8 * 2 ** 20;

/** Comparable copies in one array: an `ArrayBuffer` of its own for each would take a fifth more. */
const COPIES = 1024;

/** Where a packed picture is. */
type Place = Pick<PackedItem, 'start' | 'end'> & { readonly blob: number };

/** The compressed pictures of an import by their slots. */
export class CompressedStore {
  readonly #pictures: (CompressedPicture | undefined)[] = [];
  readonly #places: (Place | undefined)[] = [];
  readonly #blobs: Blob[] = [];
  /** Comparable copies; the last array is being filled, and holds so many. */
  readonly #copies: Int16Array<ArrayBuffer>[] = [];
  #copied = COPIES;
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  add(slot: number, { packed, keptHash, likeness }: CompressedPicture): void {
    const own = likeness && { hash: likeness.hash, copy: this.#stored(likeness.copy) };
    this.#pictures[slot] = { packed: null, keptHash, likeness: own };
    if (packed === null) return;
    this.#places[slot] = { blob: this.#blobs.length, start: this.#bytes, end: this.#bytes + packed.length };
    this.#parts.push(packed);
    this.#bytes += packed.length;
    if (this.#bytes >= BLOB_BYTES) this.#flush();
  }

  #stored(copy: Int16Array): Int16Array<ArrayBuffer> {
    if (this.#copied === COPIES) {
      this.#copies.push(new Int16Array(COPIES * COPY_LENGTH));
      this.#copied = 0;
    }
    const start = COPY_LENGTH * this.#copied++;
    const stored = this.#copies[this.#copies.length - 1].subarray(start, start + COPY_LENGTH);
    stored.set(copy);
    return stored;
  }

  #flush(): void {
    this.#blobs.push(new Blob(this.#parts));
    this.#parts = [];
    this.#bytes = 0;
  }

  /** What the picture of this slot is compared by; none where it was not added. */
  compared(slot: number): CompressedPicture | undefined {
    return this.#pictures[slot];
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
