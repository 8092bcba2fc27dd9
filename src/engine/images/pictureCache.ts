import { freeMemory } from '../../domain/freeMemory';
import type {
  CompressedDataset,
  ImageDataset,
  KeptShapes,
  LoadedDataset,
  PictureReader,
} from '../../domain/imageDataset';
import { AHEAD_BYTES, CACHE_BYTES, type PictureMemory } from '../../domain/pictureMemory';

/** A picture that is not kept replaces one only if it was used this many times more often. */
const USED_MORE = 2;

/** The shapes of a data set's pictures, and their numbers in its reader. */
type NumberedShapes = KeptShapes & Pick<CompressedDataset<unknown>, 'numbers'>;

/** What the engine trains on: pictures in memory, or a cache of those that are kept compressed. */
export type TrainingImages = ImageDataset | CompressedDataset<PictureCache>;

/** A data set for the engine. The caller closes the reader of a compressed one. */
export function trainingImages(dataset: LoadedDataset, cacheBytes?: number, aheadBytes?: number): TrainingImages {
  if (!('reader' in dataset)) return dataset;
  return { ...dataset, reader: new PictureCache(dataset.reader, dataset, cacheBytes, aheadBytes) };
}

/**
 * Runs `work`, which may read the pixels of these images by `pixelsOf` until it returns. Where the images are in memory it is run at once, and
 * its result returned as it is; otherwise after they are decoded.
 * @throws (rejection) UnreadablePicture where one of them cannot be decoded
 */
export function withPixels<T>(images: TrainingImages, indices: ArrayLike<number>, work: () => T): T | Promise<T> {
  return 'reader' in images ? images.reader.use(indices, work) : work();
}

/** Hands the pixels of each of these images to `use`; those that follow are decoded meanwhile, where the images are kept compressed. */
export async function readPixels(
  images: TrainingImages,
  indices: readonly number[],
  use: (index: number, pixels: Uint8Array) => void,
): Promise<void> {
  await withPixels(images, indices, () => {
    for (const index of indices) use(index, pixelsOf(images, index));
  });
  const next = indices.map((index) => index + indices.length).filter((index) => index < images.count);
  expectPixels(images, next);
}

/** Begins to decode images that will be used soon, where they are kept compressed, as far as the budget for them allows. */
export function expectPixels(images: TrainingImages, indices: ArrayLike<number>): void {
  if ('reader' in images) images.reader.expect(indices);
}

/** The pixels of one image, RGBA. Where the images are kept compressed, they can be read only within `withPixels`. */
export function pixelsOf(images: TrainingImages, index: number): Uint8Array {
  if ('reader' in images) return images.reader.pixelsOf(index);
  const { pixels, offsets, widths, heights } = images;
  return pixels.subarray(offsets[index], offsets[index] + 4 * widths[index] * heights[index]);
}

/**
 * Decoded pictures of a data set that is kept compressed. The cache fills up with the first ones; then it keeps what is used more often, such as
 * the images that are measured again and again. In a training in random order all pictures are used equally often: there, keeping some
 * of them has more hits than keeping the last used ones, which are the ones that are needed last.
 */
export class PictureCache {
  readonly #reader: PictureReader;
  readonly #pictures: NumberedShapes;
  readonly #cacheBytes: number;
  readonly #mostAhead: number;
  readonly #uses: Uint32Array;
  readonly #kept = new Map<number, Uint8Array>();
  /** Pictures that are being decoded, or wait for their step. */
  readonly #ahead = new Map<number, Promise<Uint8Array>>();
  /** How many calls of `use` wait for an image or use it. */
  readonly #users = new Map<number, number>();
  #keptBytes = 0;
  #aheadBytes = 0;
  /** The pictures of the work that is being done. */
  #inUse: ReadonlyMap<number, Uint8Array> = new Map();

  constructor(reader: PictureReader, pictures: NumberedShapes, cacheBytes = CACHE_BYTES, aheadBytes = AHEAD_BYTES) {
    this.#reader = reader;
    this.#pictures = pictures;
    this.#uses = new Uint32Array(pictures.widths.length);
    this.#cacheBytes = cacheBytes;
    this.#mostAhead = aheadBytes;
  }

  /** Bytes of decoded pictures that are kept now, and at most. */
  get memory(): PictureMemory {
    return { bytes: this.#keptBytes + this.#aheadBytes, most: this.#cacheBytes + this.#mostAhead };
  }

  /** See `withPixels`. */
  async use<T>(indices: ArrayLike<number>, work: () => T): Promise<T> {
    const wanted = [...new Set(Array.from(indices))];
    for (const index of wanted) this.#users.set(index, (this.#users.get(index) ?? 0) + 1);
    const found = new Map<number, Uint8Array>();
    try {
      this.#request(wanted.filter((index) => this.#isMissing(index)));
      const pixels = await Promise.all(wanted.map((index) => this.#kept.get(index) ?? this.#ahead.get(index)));
      for (const [i, index] of wanted.entries()) {
        const own = pixels[i];
        if (own === undefined) continue;
        found.set(index, own);
        this.#forgetAhead(index);
        this.#used(index, own);
      }
      this.#inUse = found;
      return work();
    } finally {
      this.#inUse = new Map();
      this.#leave(wanted, found);
    }
  }

  /** Frees the pixels of those that are neither kept nor used by another call. */
  #leave(wanted: readonly number[], found: ReadonlyMap<number, Uint8Array>): void {
    const unused: Uint8Array[] = [];
    for (const index of wanted) {
      const others = (this.#users.get(index) ?? 1) - 1;
      if (others > 0) {
        this.#users.set(index, others);
        continue;
      }
      this.#users.delete(index);
      const own = found.get(index);
      if (own !== undefined && this.#kept.get(index) !== own) unused.push(own);
    }
    freeMemory(unused);
  }

  /**
   * Begins to decode images that will be used soon, unless they do not fit in the budget. A failure is reported when they are used.
   */
  expect(indices: ArrayLike<number>): void {
    const missing = [...new Set(Array.from(indices))].filter((index) => this.#isMissing(index));
    const bytes = missing.reduce((sum, index) => sum + this.#bytesOf(index), 0);
    if (this.#aheadBytes + bytes > this.#mostAhead) return;
    this.#request(missing);
  }

  /** The pixels of an image within `use`. */
  pixelsOf(index: number): Uint8Array {
    const pixels = this.#inUse.get(index);
    if (pixels === undefined) throw new Error(`the pixels of image ${index} were read before they were decoded`);
    return pixels;
  }

  /** After the end of a run: what it was expected to use is not needed any more, and the next run may use other images. */
  endRun(): void {
    this.#ahead.clear();
    this.#aheadBytes = 0;
    this.#uses.fill(0);
  }

  close(): void {
    this.#reader.close();
  }

  #bytesOf(index: number): number {
    return 4 * this.#pictures.widths[index] * this.#pictures.heights[index];
  }

  #isMissing(index: number): boolean {
    return !this.#kept.has(index) && !this.#ahead.has(index);
  }

  #request(indices: readonly number[]): void {
    if (indices.length === 0) return;
    const decoded = this.#reader.read(indices.map((index) => this.#pictures.numbers[index]));
    for (const [i, index] of indices.entries()) {
      const own = decoded.then((pictures) => pictures[i]);
      // Tried again when it is asked for again.
      own.catch(() => {
        if (this.#ahead.get(index) === own) this.#forgetAhead(index);
      });
      this.#ahead.set(index, own);
      this.#aheadBytes += this.#bytesOf(index);
    }
  }

  #forgetAhead(index: number): void {
    if (this.#ahead.delete(index)) this.#aheadBytes -= this.#bytesOf(index);
  }

  #used(index: number, pixels: Uint8Array): void {
    this.#uses[index] += 1;
    if (this.#kept.has(index)) return;
    while (this.#keptBytes + pixels.length > this.#cacheBytes) {
      const [first] = this.#kept;
      if (first === undefined) return;
      const [other, its] = first;
      this.#kept.delete(other);
      if (this.#uses[other] + USED_MORE > this.#uses[index]) {
        // Kept, and asked last next time.
        this.#kept.set(other, its);
        return;
      }
      this.#keptBytes -= its.length;
    }
    this.#kept.set(index, pixels);
    this.#keptBytes += pixels.length;
  }
}
