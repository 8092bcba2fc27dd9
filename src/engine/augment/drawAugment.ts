import type { AugmentConfig } from '../../domain/runConfig';
import {
  AUGMENT_COLUMNS,
  type AugmentParams,
  COLUMN,
  JITTER,
  type JitterStep,
  unchangedParams,
} from '../kernels/augment/params';
import type { Random } from '../random';
import { type CropBox, centreBox, drawCropBox } from './randomResizedCrop';

const JITTER_STEPS: readonly JitterStep[] = ['brightness', 'contrast', 'saturation', 'hue'];

/** Sigmas after which a Gaussian is cut off. Its std is then within 1 % of sigma, for a sigma of 0.7 pixels and more. */
const SIGMAS = 3;

/**
 * Taps on either side of a blur's centre. `sigma`: as many as this sigma needs, as in the official code, whose blur has no limit. `side`: a
 * kernel of about 10 % of the side (3 at 32 pixels, 7 at 64), which is SimCLR's rule for images of 224 pixels.
 */
export function blurRadiusFor(kernel: AugmentConfig['blur']['kernel'], sigma: number, imageSize: number): number {
  if (kernel === 'side') return Math.max(1, Math.floor(imageSize / 20));
  // Borders are reflected, so that a blur reaches less far than the side; small crops have half the side.
  const most = Math.max(1, Math.floor(imageSize / 2) - 1);
  return Math.min(most, Math.ceil(SIGMAS * sigma));
}

function happens(probability: number, rng: Random): boolean {
  return rng.uniform() < probability;
}

/** torchvision's ColorJitter: its steps in random order, each with a factor of its own; a step of strength 0 is left out. */
function drawJitter(jitter: AugmentConfig['jitter'], row: Float32Array, rng: Random): void {
  let slot = 0;
  for (const index of rng.permutation(JITTER_STEPS.length)) {
    const step = JITTER_STEPS[index];
    const strength = jitter[step];
    if (strength === 0) continue;
    row[COLUMN.steps + slot] = JITTER[step];
    row[COLUMN.factors + slot] =
      step === 'hue' ? rng.uniform(-strength, strength) : rng.uniform(Math.max(0, 1 - strength), 1 + strength);
    slot += 1;
  }
}

/** Heights and widths of a batch's pictures in pixels. */
export interface PictureShapes {
  readonly heights: ArrayLike<number>;
  readonly widths: ArrayLike<number>;
}

function place(row: Float32Array, { top, left, height, width }: CropBox): void {
  row[COLUMN.top] = top;
  row[COLUMN.left] = left;
  row[COLUMN.height] = height;
  row[COLUMN.width] = width;
}

/** Rows that cut out the centre square of each picture and change nothing else. */
export function centreSquareParams({ heights, widths }: PictureShapes): AugmentParams {
  const params = unchangedParams(heights.length, 1, 1);
  for (let i = 0; i < heights.length; i++) {
    place(params.subarray(i * AUGMENT_COLUMNS, (i + 1) * AUGMENT_COLUMNS), centreBox(heights[i], widths[i]));
  }
  return params;
}

/**
 * Draws the augmentation parameters of `count` views of side `imageSize`: the augmentations of Sec. 3 and App. A, each with its own switch.
 * Views are drawn independently. Without a random crop, a view shows the centre square.
 * @param shapes of the pictures: view v is of picture v modulo their number; squares of side `imageSize` by default
 * @returns rows [count, AUGMENT_COLUMNS] for `augmentBatch`
 */
export function drawAugmentParams(
  config: AugmentConfig,
  count: number,
  imageSize: number,
  rng: Random,
  shapes: PictureShapes = { heights: [imageSize], widths: [imageSize] },
): AugmentParams {
  const { crop, flip, jitter, grayscale, blur } = config;
  const { heights, widths } = shapes;
  const params = unchangedParams(count, imageSize, imageSize);
  for (let view = 0; view < count; view++) {
    const row = params.subarray(view * AUGMENT_COLUMNS, (view + 1) * AUGMENT_COLUMNS);
    const picture = view % heights.length;
    const [height, width] = [heights[picture], widths[picture]];
    place(row, crop.enabled ? drawCropBox(height, width, crop, rng) : centreBox(height, width));
    if (jitter.enabled && happens(jitter.probability, rng)) drawJitter(jitter, row, rng);
    if (grayscale.enabled && happens(grayscale.probability, rng)) row[COLUMN.grayscale] = 1;
    if (blur.enabled && happens(blur.probability, rng)) {
      const sigma = rng.uniform(blur.sigmaMin, blur.sigmaMax);
      row[COLUMN.sigma] = sigma;
      row[COLUMN.blurRadius] = blurRadiusFor(blur.kernel, sigma, imageSize);
    }
    if (flip.enabled && happens(flip.probability, rng)) row[COLUMN.flip] = 1;
  }
  return params;
}
