import { seededRandom } from '../random';

/**
 * Draws batches without replacement: each epoch is one random order of all images, and its last short batch is dropped. Batch t
 * depends on the seed and t alone.
 */
export class BatchSampler {
  readonly batchesPerEpoch: number;
  readonly #images: Uint32Array;
  readonly #batchSize: number;
  readonly #seed: number;
  #epoch = -1;
  #order: Uint32Array = new Uint32Array(0);

  /** @throws RangeError when there are fewer images than one batch. */
  constructor(images: Uint32Array, batchSize: number, seed: number) {
    if (images.length < batchSize) {
      throw new RangeError(`a batch of ${batchSize} cannot be drawn from ${images.length} images`);
    }
    this.#images = images;
    this.#batchSize = batchSize;
    this.#seed = seed;
    this.batchesPerEpoch = Math.floor(images.length / batchSize);
  }

  /** Batch t = 0, 1, ...: which training images, and which images of the data set these are. */
  batch(t: number): { positions: Uint32Array; images: Uint32Array } {
    const epoch = Math.floor(t / this.batchesPerEpoch);
    if (epoch !== this.#epoch) {
      this.#order = seededRandom(this.#seed, 'order', epoch).permutation(this.#images.length);
      this.#epoch = epoch;
    }
    const start = (t % this.batchesPerEpoch) * this.#batchSize;
    const positions = this.#order.slice(start, start + this.#batchSize);
    return { positions, images: positions.map((i) => this.#images[i]) };
  }
}
