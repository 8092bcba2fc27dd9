/** Asks for this many images at most in one command. */
const BATCH = 256;
/** Pixels kept: 4,096 images of 32 pixels, or 1,024 of 64. */
const MAX_BYTES = 16 * 2 ** 20;

export type FetchPixels = (
  indices: readonly number[],
) => Promise<{ readonly size: number; readonly pixels: Uint8ClampedArray<ArrayBuffer> }>;

/** Small pictures of the data set's images, fetched from the worker on demand, many in one command, and kept. */
export class Thumbnails {
  readonly #fetchPixels: FetchPixels;
  /** Those fetched first come first. */
  readonly #images = new Map<number, ImageData>();
  readonly #wanted = new Set<number>();
  readonly #listeners = new Set<() => void>();
  /** Images of the data set. */
  #count = 0;
  #bytes = 0;
  #generation = 0;

  constructor(fetchPixels: FetchPixels) {
    this.#fetchPixels = fetchPixels;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The picture, or null until it is there: subscribers are called then. */
  get(index: number): ImageData | null {
    return this.#images.get(index) ?? null;
  }

  /** Fetches a picture unless it is there or on its way. An index that the data set does not have is ignored. */
  want(index: number): void {
    // Components drawn for a larger data set may still ask for its images, and one such index would fail the whole command.
    if (index < 0 || index >= this.#count) return;
    if (this.#images.has(index) || this.#wanted.has(index)) return;
    if (this.#wanted.size === 0) queueMicrotask(() => void this.#fetchWanted());
    this.#wanted.add(index);
  }

  /** Forgets everything: another data set, of `count` images, is in use. */
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
      const { size, pixels } = await this.#fetchPixels(indices);
      if (generation !== this.#generation) return;
      const bytes = size * size * 4;
      indices.forEach((index, i) => {
        this.#keep(index, new ImageData(pixels.slice(i * bytes, (i + 1) * bytes), size, size));
      });
    } catch {
      // The worker is gone or the data set was replaced; what shows an image asks again when it is drawn next.
      if (generation === this.#generation) this.#wanted.clear();
      return;
    }
    for (const index of indices) this.#wanted.delete(index);
    this.#tell();
    if (this.#wanted.size > 0) await this.#fetchWanted();
  }

  /** Keeps a picture, and as many of the latest before it as there is room for. */
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
