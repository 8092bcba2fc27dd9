import { IMAGE_SIZES, type ImageSize } from '../../../domain/imageDataset';
import { z } from '../../../domain/zod';
import { UnusableFile } from '../../../formats/unusableFile';
import type { Normalisation } from '../../kernels/augment/normalisation';

/** How images were prepared for the weights of other people. */
export interface Preprocessor {
  /** null where the file does not say. */
  readonly normalisation: Normalisation | null;
  /** null where the file does not say. */
  readonly imageSize: ImageSize | null;
}

/** What torchvision, timm and Hugging Face's ResNets normalise images with. */
export const IMAGENET: Normalisation = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

const triple = z.tuple([z.number(), z.number(), z.number()]);
const deviations = z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]);
const side = z.union([
  z.number(),
  z.object({ height: z.number() }).transform(({ height }) => height),
  z.object({ shortest_edge: z.number() }).transform(({ shortest_edge: edge }) => edge),
]);
const schema = z.object({
  do_normalize: z.boolean().optional(),
  image_mean: triple.optional(),
  image_std: deviations.optional(),
  crop_size: side.optional(),
  size: side.optional(),
});

/**
 * Reads a `preprocessor_config.json` of Hugging Face: `image_mean`, `image_std`, `do_normalize`, and the side of images from `crop_size` or
 * `size`, the nearest that our networks take.
 * @throws UnusableFile where it is no such file
 */
export function readPreprocessor(text: string): Preprocessor {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UnusableFile('is damaged: it is not JSON');
  }
  const read = schema.safeParse(json);
  if (!read.success) {
    const { path, message } = read.error.issues[0];
    throw new UnusableFile(`cannot be used: ${path.join('.')}: ${message}`);
  }
  const { do_normalize: normalises, image_mean: mean, image_std: std, crop_size: crop, size } = read.data;
  const pixels = crop ?? size;
  return {
    normalisation:
      normalises === false
        ? { mean: [0, 0, 0], std: [1, 1, 1] }
        : mean !== undefined && std !== undefined
          ? { mean, std }
          : null,
    imageSize: pixels === undefined ? null : nearestSize(pixels),
  };
}

function nearestSize(pixels: number): ImageSize {
  return IMAGE_SIZES.reduce((best, size) => (Math.abs(size - pixels) < Math.abs(best - pixels) ? size : best));
}
