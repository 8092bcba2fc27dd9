import type { PictureFacts } from '../../src/domain/imageDataset';
import type { TrainingImages } from '../../src/engine/images/pictureCache';

/** What was measured of the whole pictures. @throws Error where the data set has no such facts */
export function factsOfAll({ name, facts }: TrainingImages): PictureFacts {
  if (facts === null) throw new Error(`“${name}” holds no files of pictures, whose quality could be measured.`);
  return facts;
}
