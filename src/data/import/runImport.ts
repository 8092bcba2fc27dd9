import { counted } from '../../domain/counted';
import type { DecodedFolder, DecodedPictures, KeptPictures } from '../../domain/decodedFolder';
import type { PictureReader } from '../../domain/imageDataset';
import { ImportError } from '../importError';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import type { ImageSources } from '../sources';
import { assembleDataset } from './assembleDataset';
import type { Candidate } from './batches';
import { CompressedPictures } from './compressedPictures';
import type { CompressedStore } from './compressedStore';
import { DecoderTurns } from './decoderTurns';
import { sortByPath } from './paths';
import { type CollectedPictures, collectPictures, type DecodedPicture } from './pictureCollection';
import { groupCompared, type OnShare } from './pictureGroups';
import { ProgressMeter } from './progressMeter';
import { type Decoder, type ReadImages, readImages } from './readImages';

/** @throws ImportError where there is no memory for all of them. */
function joined(images: number, pictureOf: (i: number) => DecodedPicture): CollectedPictures {
  try {
    return collectPictures(images, pictureOf);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const these = images === 1 ? 'this image' : `these ${counted(images, 'image')}`;
    throw new ImportError(`There is not enough memory for ${these}. Choose fewer, or a smaller source size.`);
  }
}

/** An image that was decoded, and where it is from. */
export interface ReadImage extends Candidate {
  readonly slot: number;
}

/** The images that were decoded, in the order in which they were found. */
export function imagesOf(read: ReadImages): ReadImage[] {
  return read.candidates.flatMap((candidate, slot) => (read.isDecoded(slot) ? [{ ...candidate, slot }] : []));
}

/** The pictures of all images where they are kept compressed. They are compared here, since what they are compared by is not kept. */
function keptPictures(
  images: readonly ReadImage[],
  { widths, heights, facts }: CollectedPictures,
  store: CompressedStore,
  decoders: DecoderTurns,
  onShare: OnShare,
): KeptPictures<PictureReader> {
  const shapes = { widths, heights };
  const kept = images.map(({ slot, path, source }) => ({
    candidate: { path, source },
    packed: store.packed(slot),
    keptHash: store.keptHash(slot),
  }));
  const groups = groupCompared(shapes, (i) => store.compared(images[i].slot), onShare);
  store.freeCopies();
  return { ...shapes, facts, reader: new CompressedPictures(kept, shapes, decoders), groups };
}

/**
 * The pictures of these images, decoded or, where these are too many, compressed.
 * @throws ImportError where there is no memory for all of them
 */
export function decodedPictures(
  read: ReadImages,
  images: readonly ReadImage[],
  decoders: readonly Decoder[],
  onShare: OnShare,
): DecodedPictures | KeptPictures<PictureReader> {
  const pictures = joined(images.length, (i) => read.decoded(images[i].slot));
  if (read.compressed === null) return { ...pictures, groups: null };
  return keptPictures(images, pictures, read.compressed, new DecoderTurns(decoders), onShare);
}

/**
 * The import, in the page's worker and under Node: reads the images, and assembles the data set.
 * @param decoders all are kept busy; their number affects only the time, not the result. Pictures that are kept compressed are decoded by them
 *   afterwards, too.
 * @throws ImportError as `importImages` does.
 */
export async function runImport(
  { name, found }: ImageSources,
  settings: ImportSettings,
  decoders: readonly Decoder[],
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportResult> {
  const meter = new ProgressMeter(onProgress);
  const read = await readImages(found, settings, decoders, meter);
  const good = sortByPath(imagesOf(read), settings.labelRule === 'first');
  const onShare = (share: number) => meter.comparing(share, good.length);
  const folder: DecodedFolder = {
    name,
    paths: good.map(({ path }) => path),
    sizes: Float64Array.from(good, ({ size }) => size),
    pictures: decodedPictures(read, good, decoders, onShare),
    skips: read.skips.list,
  };
  return assembleDataset(folder, settings, onShare);
}
