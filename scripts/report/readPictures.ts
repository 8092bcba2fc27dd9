import type { PictureFacts } from '../../src/domain/imageDataset';
import { expectPixels, pixelsOf, type TrainingImages, withPixels } from '../../src/engine/images/pictureCache';
import { AREA, type PictureCopies, writePictureCopy } from '../../src/explore/duplicates/pictureCopies';
import type { Progress } from './progress';

/** Pictures decoded at once. */
const BLOCK = 128;

/** Small copies of all pictures, which duplicates are found by. */
export async function readCopies(images: TrainingImages, progress: Progress): Promise<PictureCopies> {
  const { count, widths, heights } = images;
  const colours = new Uint8Array(count * 3 * AREA);
  const block = (start: number) =>
    Uint32Array.from({ length: Math.max(0, Math.min(BLOCK, count - start)) }, (_, i) => start + i);
  for (let start = 0; start < count; start += BLOCK) {
    const indices = block(start);
    await withPixels(images, indices, () => {
      for (const i of indices) {
        writePictureCopy(
          pixelsOf(images, i),
          widths[i],
          heights[i],
          colours.subarray(3 * AREA * i, 3 * AREA * (i + 1)),
        );
      }
    });
    expectPixels(images, block(start + BLOCK));
    progress.at('pictures', start / count);
  }
  return { count, colours };
}

/** What was measured of the whole pictures. @throws Error where the data set has no such facts */
export function factsOfAll({ name, facts }: TrainingImages): PictureFacts {
  if (facts === null) throw new Error(`“${name}” holds no files of pictures, whose quality could be measured.`);
  return facts;
}
