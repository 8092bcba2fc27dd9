/**
 * The augmentation of each view as one row of numbers, drawn from a seed on the CPU and applied on the device. A row has four groups of
 * four, so that a shader reads it as four vectors.
 */

/** Columns of a row. */
export const COLUMN = {
  /** Crop box in whole pixels of the source image. */
  top: 0,
  left: 1,
  height: 2,
  width: 3,
  /** Colour jitter: a `JITTER` code for each of its four steps, in the order in which they are applied. */
  steps: 4,
  /** The factor of each of those four steps; for hue, the shift in turns. */
  factors: 8,
  /** 1: mirrored left to right. */
  flip: 12,
  /** 1: turned grey. */
  grayscale: 13,
  /** Gaussian blur: its sigma in pixels of the view, above 0 even without blur. */
  sigma: 14,
  /** Taps on either side of the blur's centre; 0 for no blur. Less than the side of the view. */
  blurRadius: 15,
} as const;

export const AUGMENT_COLUMNS = 16;

/** Columns of a picture's place in a batch: its first pixel, and the pixels from one of its rows to the next. */
export const PLACE_COLUMNS = 2;

/** Codes in the `steps` columns. Contrast may occur at most once. */
export const JITTER = { none: 0, brightness: 1, contrast: 2, saturation: 3, hue: 4 } as const;
export type JitterStep = Exclude<keyof typeof JITTER, 'none'>;

/** Rows [count, AUGMENT_COLUMNS], C order. */
export type AugmentParams = Float32Array<ArrayBuffer>;

/** What all views of a batch have in common. */
export interface AugmentSwitches {
  /** Whether any view may be blurred. If false, the blur passes are skipped and the blur columns are ignored. */
  readonly blur: boolean;
  /** Whether crops that are larger than the view are averaged, as torch's `interpolate(antialias=True)` does. */
  readonly antialias: boolean;
}

/** Rows that change nothing: the whole image of `height` x `width`, neither jittered, greyed, blurred nor flipped. */
export function unchangedParams(count: number, height: number, width: number): AugmentParams {
  const params = new Float32Array(count * AUGMENT_COLUMNS);
  for (let row = 0; row < params.length; row += AUGMENT_COLUMNS) {
    params[row + COLUMN.height] = height;
    params[row + COLUMN.width] = width;
    params[row + COLUMN.sigma] = 1;
  }
  return params;
}
