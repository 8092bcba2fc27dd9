/** How much memory decoded pictures may take, in bytes. */

/**
 * Data sets whose decoded pictures take more are kept compressed. Up to this size they are held decoded, which needs no decoding during the
 * run: CIFAR-10 is, with its 60,000 images. While files are read, that is about the most that the page holds of their pixels.
 */
export const DECODED_LIMIT = 256 * 2 ** 20;

/** Of pictures that are kept compressed: those that stay decoded for their next use. */
export const CACHE_BYTES = 32 * 2 ** 20;

/** And those that are decoded ahead of the steps that use them: two batches of 512 squares at 128 pixels take 64 MB. */
export const AHEAD_BYTES = 64 * 2 ** 20;

/** The memory that the decoded pictures of a data set take that is kept compressed. */
export interface PictureMemory {
  readonly bytes: number;
  /** Their limit. */
  readonly most: number;
}
