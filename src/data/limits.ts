/**
 * Data sets whose decoded pictures take more bytes are kept compressed. Up to this size they are held decoded, which needs no decoding
 * during the run; with the engine and the page they then take less than 1 GB, which a tab of a phone or an old laptop still gets.
 */
export const DECODED_LIMIT = 384 * 2 ** 20;
