/** One number for each of red, green and blue. */
export type Rgb = readonly [number, number, number];

/** Normalisation per channel, (x - mean) / std for values x in [0, 1]. */
export interface Normalisation {
  readonly mean: Rgb;
  readonly std: Rgb;
}
