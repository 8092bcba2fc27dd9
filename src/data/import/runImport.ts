import { counted } from '../../domain/counted';
import type { DecodedFolder } from '../../domain/decodedFolder';
import { ImportError } from '../importError';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import type { ImageSources } from '../sources';
import { assembleDataset } from './assembleDataset';
import { sortByPath } from './paths';
import { type CollectedPictures, type DecodedPicture, joinPictures } from './pictureCollection';
import { ProgressMeter } from './progressMeter';
import { type Decoder, type ReadImages, readImages } from './readImages';

/** @throws ImportError where there is no memory for all of them. */
function joined(pictures: readonly DecodedPicture[]): CollectedPictures {
  try {
    return joinPictures(pictures);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const these = pictures.length === 1 ? 'this image' : `these ${counted(pictures.length, 'image')}`;
    throw new ImportError(`There is not enough memory for ${these}. Choose fewer, or a smaller source size.`);
  }
}

/** The decoded images by path. @param asTheyAre see `sortByPath` */
function byPath(name: string, { candidates, decoded, skips }: ReadImages, asTheyAre: boolean): DecodedFolder {
  const all = candidates.flatMap(({ path, size }, slot) => {
    const picture = decoded[slot];
    return picture === undefined ? [] : [{ path, size, picture }];
  });
  const good = sortByPath(all, asTheyAre);
  return {
    name,
    paths: good.map(({ path }) => path),
    sizes: Float64Array.from(good, ({ size }) => size),
    pictures: joined(good.map(({ picture }) => picture)),
    skips: skips.list,
    groups: null,
  };
}

/**
 * The import, in the page's worker and under Node: reads the images, and assembles the data set.
 * @param decoders all are kept busy; their number affects only the time, not the result.
 * @throws ImportError as `importImages` does.
 */
export async function runImport(
  { name, found }: ImageSources,
  settings: ImportSettings,
  decoders: readonly Decoder[],
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportResult> {
  const meter = new ProgressMeter(onProgress);
  const images = await readImages(found, settings, decoders, meter);
  const folder = byPath(name, images, settings.labelRule === 'first');
  return assembleDataset(folder, settings, (share) => meter.comparing(share, folder.paths.length));
}
