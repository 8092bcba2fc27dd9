import type { SampleId } from '../../domain/imageDataset';
import { imagesOfRun } from '../../domain/imagesOfRun';
import { SAMPLES, type SamplePart } from './catalogue';

/** The parts of a sample that a run on `images` images needs (the setting `images`). */
export function partsFor(id: SampleId, images: number): readonly SamplePart[] {
  const { parts, count } = SAMPLES[id];
  let before = 0;
  return parts.filter((part) => {
    const isNeeded = images === 0 || before < Math.min(images, count);
    before += part.images;
    return isNeeded;
  });
}

/**
 * The images on the sheet of each part, ascending, as places in the sample's list: the first part has the images of a run on so many images,
 * and each further part those that join with it.
 * @param split of the sample's first version, by which it was packed
 */
export function imagesOfParts(split: ArrayLike<number>, parts: readonly Pick<SamplePart, 'images'>[]): number[][] {
  const earlier = new Set<number>();
  let end = 0;
  return parts.map(({ images }) => {
    end += images;
    const own = [...imagesOfRun(split, end)].filter((image) => !earlier.has(image));
    for (const image of own) earlier.add(image);
    return own;
  });
}
