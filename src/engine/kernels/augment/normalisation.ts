/** One number for each of red, green and blue. */
export type Rgb = readonly [number, number, number];

/** What is taken off a channel with values in [0, 1], and what the rest is divided by. */
export interface Normalisation {
  readonly mean: Rgb;
  readonly std: Rgb;
}
