import type { Random } from '../random';

/** A box in whole pixels. */
export interface CropBox {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

export interface CropRange {
  /** Share of the image's area. */
  readonly scaleMin: number;
  readonly scaleMax: number;
  /** Width over height. */
  readonly ratioMin: number;
  readonly ratioMax: number;
}

/** The largest square in the middle of an image, the upper or left one of two that are equally near to it. */
export function centreBox(imageHeight: number, imageWidth: number): CropBox {
  const side = Math.min(imageHeight, imageWidth);
  return {
    top: Math.floor((imageHeight - side) / 2),
    left: Math.floor((imageWidth - side) / 2),
    height: side,
    width: side,
  };
}

const TRIES = 10;

/** As Python's `round`, which torchvision uses. */
function roundHalfToEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/**
 * The box of a RandomResizedCrop, drawn as torchvision's `RandomResizedCrop.get_params` does: the area uniform, the aspect ratio
 * log-uniform, rounded to whole pixels, drawn again while it does not fit; after ten tries the largest centred box whose
 * ratio is in range.
 */
export function drawCropBox(imageHeight: number, imageWidth: number, range: CropRange, rng: Random): CropBox {
  const { scaleMin, scaleMax, ratioMin, ratioMax } = range;
  for (let i = 0; i < TRIES; i++) {
    const area = rng.uniform(scaleMin, scaleMax) * imageHeight * imageWidth;
    const ratio = Math.exp(rng.uniform(Math.log(ratioMin), Math.log(ratioMax)));
    const width = roundHalfToEven(Math.sqrt(area * ratio));
    const height = roundHalfToEven(Math.sqrt(area / ratio));
    if (width < 1 || height < 1 || width > imageWidth || height > imageHeight) continue;
    const top = rng.integer(0, imageHeight - height);
    const left = rng.integer(0, imageWidth - width);
    return { top, left, height, width };
  }
  const imageRatio = imageWidth / imageHeight;
  const height = imageRatio < ratioMin ? roundHalfToEven(imageWidth / ratioMin) : imageHeight;
  const width = imageRatio > ratioMax ? roundHalfToEven(imageHeight * ratioMax) : imageWidth;
  return {
    top: Math.floor((imageHeight - height) / 2),
    left: Math.floor((imageWidth - width) / 2),
    height,
    width,
  };
}
