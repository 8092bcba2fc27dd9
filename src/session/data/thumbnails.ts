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
  #isFetching = false;

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

  /** The number of data sets so far. When it changes, components that show a picture want it again. */
  get generation(): number {
    return this.#generation;
  }

  /** Fetches a picture unless it is cached or requested already. An index outside the data set is ignored. */
  want(index: number): void {
    // Components rendered for a larger data set may still request its images, and one such index would fail the whole command.
    if (index < 0 || index >= this.#count || this.#images.has(index)) return;
    this.#wanted.add(index);
    if (this.#isFetching) return;
    this.#isFetching = true;
    queueMicrotask(() => void this.#fetchAll());
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

  /** Fetches what is wanted, a batch at a time, until nothing is wanted or a command fails. */
  async #fetchAll(): Promise<void> {
    let hasFailed = false;
    while (this.#wanted.size > 0 && !hasFailed) hasFailed = !(await this.#fetchBatch());
    this.#isFetching = false;
  }

  /** Whether the pictures came, or the data set was replaced meanwhile. Pictures that did not come stay wanted, and are fetched with the next. */
  async #fetchBatch(): Promise<boolean> {
    const generation = this.#generation;
    const indices = [...this.#wanted].slice(0, BATCH);
    try {
      const pictures = await this.#fetchPictures(indices);
      if (generation !== this.#generation) return true;
      pictures.forEach(({ pixels, width, height }, i) => {
        const index = indices[i];
        if (index !== undefined) this.#keep(index, new ImageData(pixels, width, height));
      });
    } catch {
      return generation !== this.#generation;
    }
    for (const index of indices) this.#wanted.delete(index);
    this.#tell();
    return true;
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
