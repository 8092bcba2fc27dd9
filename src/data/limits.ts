/** Decoded images are held in memory at once, by the page or its worker. */
export const MAX_DATASET_BYTES = 2 * 2 ** 30;
