/** Asks for this many images at most in one command. */
const BATCH = 256;
/** Images kept; at 32 px this is 16 MB. */
const CAPACITY = 4096;

export type FetchPixels = (
  indices: readonly number[],
) => Promise<{ readonly size: number; readonly pixels: Uint8ClampedArray<ArrayBuffer> }>;

/** Small pictures of the data set's images, fetched from the worker on demand, many in one command, and kept. */
export class Thumbnails {
  private readonly images = new Map<number, ImageData>();
  private readonly wanted = new Set<number>();
  private readonly listeners = new Set<() => void>();
  private generation = 0;

  constructor(private readonly fetchPixels: FetchPixels) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The picture, or null for now: subscribers are told when it is there. */
  get(index: number): ImageData | null {
    return this.images.get(index) ?? null;
  }

  /** Fetches a picture unless it is there or on its way. */
  want(index: number): void {
    if (this.images.has(index) || this.wanted.has(index)) return;
    if (this.wanted.size === 0) queueMicrotask(() => void this.fetchWanted());
    this.wanted.add(index);
  }

  /** Forgets everything: another data set is in use. */
  clear(): void {
    this.generation += 1;
    this.images.clear();
    this.wanted.clear();
    this.tell();
  }

  private async fetchWanted(): Promise<void> {
    const { generation } = this;
    const indices = [...this.wanted].slice(0, BATCH);
    if (indices.length === 0) return;
    try {
      const { size, pixels } = await this.fetchPixels(indices);
      if (generation !== this.generation) return;
      if (this.images.size > CAPACITY) this.images.clear();
      const bytes = size * size * 4;
      indices.forEach((index, i) => {
        this.images.set(index, new ImageData(pixels.slice(i * bytes, (i + 1) * bytes), size, size));
      });
    } catch {
      // The worker is gone or the data set was replaced; what shows an image asks again when it is drawn next.
      if (generation === this.generation) this.wanted.clear();
      return;
    }
    for (const index of indices) this.wanted.delete(index);
    this.tell();
    if (this.wanted.size > 0) await this.fetchWanted();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
