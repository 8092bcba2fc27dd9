/** "50 megapixel" cameras take pictures of up to 50.6 million pixels. */
export const MAX_PIXELS = 52_000_000;

/** An uncompressed image of 50 megapixels takes 200 MB. */
export const MAX_FILE_BYTES = 256 * 2 ** 20;
