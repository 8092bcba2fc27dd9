import type { Picture } from '../../domain/measurement';

/** Maximum number of images in one command. */
const BATCH = 256;
/** Bytes of pixels kept: 4,096 squares of 32 pixels, or 1,024 of 64. */
const MAX_BYTES = 16 * 2 ** 20;

export type FetchPictures = (indices: readonly number[]) => Promise<readonly Picture[]>;

/** Pictures of the data set's images, fetched from the worker on demand, many in one command, and cached. */
export class Thumbnails {
  readonly #fetchPictures: FetchPictures;
  /** By index, in the order in which they were fetched. */
  readonly #images = new Map<number, ImageData>();
  readonly #wanted = new Set<number>();
  readonly #listeners = new Set<() => void>();
  /** Number of images in the data set. */
  #count = 0;
  #bytes = 0;
  #generation = 0;

  constructor(fetchPictures: FetchPictures) {
    this.#fetchPictures = fetchPictures;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The picture, or null until it has been fetched; subscribers are called then. */
  get(index: number): ImageData | null {
    return this.#images.get(index) ?? null;
  }

  /** Fetches a picture unless it is cached or requested already. An index outside the data set is ignored. */
  want(index: number): void {
    // Components rendered for a larger data set may still request its images, and one such index would fail the whole command.
    if (index < 0 || index >= this.#count) return;
    if (this.#images.has(index) || this.#wanted.has(index)) return;
    if (this.#wanted.size === 0) queueMicrotask(() => void this.#fetchWanted());
    this.#wanted.add(index);
  }

  /** Clears the cache for another data set with `count` images. */
  replace(count: number): void {
    this.#generation += 1;
    this.#count = count;
    this.#images.clear();
    this.#bytes = 0;
    this.#wanted.clear();
    this.#tell();
  }

  async #fetchWanted(): Promise<void> {
    const generation = this.#generation;
    const indices = [...this.#wanted].slice(0, BATCH);
    if (indices.length === 0) return;
    try {
      const pictures = await this.#fetchPictures(indices);
      if (generation !== this.#generation) return;
      pictures.forEach(({ pixels, width, height }, i) => {
        const index = indices[i];
        if (index !== undefined) this.#keep(index, new ImageData(pixels, width, height));
      });
    } catch {
      // The worker failed or the data set was replaced. A component that shows an image requests it again when it next renders.
      if (generation === this.#generation) this.#wanted.clear();
      return;
    }
    for (const index of indices) this.#wanted.delete(index);
    this.#tell();
    if (this.#wanted.size > 0) await this.#fetchWanted();
  }

  /** Caches a picture, and removes the oldest ones above MAX_BYTES. */
  #keep(index: number, image: ImageData): void {
    this.#images.set(index, image);
    this.#bytes += image.data.length;
    for (const [oldest, { data }] of this.#images) {
      if (this.#bytes <= MAX_BYTES) return;
      this.#images.delete(oldest);
      this.#bytes -= data.length;
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
