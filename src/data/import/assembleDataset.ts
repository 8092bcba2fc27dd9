import { counted } from '../../domain/counted';
import type { DecodedFolder, DecodedPictures, FolderReading, KeptPictures } from '../../domain/decodedFolder';
import {
  type LoadedDataset,
  largestShortSide,
  type PictureFacts,
  type PictureReader,
  TRAIN,
} from '../../domain/imageDataset';
import { factsOf, imagesOfRun } from '../../domain/imagesOfRun';
import { adviceOnFew, areEnough, fittingBatch } from '../../domain/runProblems';
import { ImportError } from '../importError';
import type { ImportResult } from '../importTypes';
import { chooseQueries } from '../labels/queries';
import { readFolders } from '../labels/readFolders';
import { shownPath } from './paths';
import { groupPictures, type OnShare } from './pictureGroups';
import { Skips } from './skips';

const KNOWN_FORMATS = 'JPEG, PNG, WebP, GIF, BMP, AVIF, TIFF or HEIC images, or a .zip archive of them';

function skippedWords(files: number): string {
  if (files === 0) return '';
  return ` (${counted(files, 'file')} ${files === 1 ? 'was' : 'were'} skipped)`;
}

function checkEnough(count: number, trainable: number, batchSize: number, skips: Skips): void {
  const skipped = skips.sorted();
  if (count === 0) {
    const example = skips.example();
    const why =
      example === null
        ? ' The folder is empty, or holds links only, which browsers do not follow.'
        : ` For example, ${shownPath(example.path)} ${example.reason.replace(/\.$/, '')}.`;
    throw new ImportError(`There are no images here that can be read.${why} Choose ${KNOWN_FORMATS}.`, skipped);
  }
  if (areEnough(trainable, batchSize)) return;
  const few = `Only ${counted(trainable, 'image')}`;
  const bad = skippedWords(skipped.length);
  throw new ImportError(
    `${few} to train on${bad}: a run needs at least two batches, ${2 * batchSize} images. ${adviceOnFew(trainable)}`,
    skipped,
    fittingBatch(trainable),
  );
}

/** Pairs of words of some pictures. */
function pairsOf(words: Uint32Array, indices: readonly number[]): Uint32Array {
  const out = new Uint32Array(2 * indices.length);
  for (const [k, i] of indices.entries()) out.set(words.subarray(2 * i, 2 * i + 2), 2 * k);
  return out;
}

/** What was measured of some of the pictures. */
export function selectedFacts(facts: PictureFacts, indices: readonly number[]): PictureFacts {
  if (indices.length === facts.widths.length) return facts;
  return {
    widths: Uint32Array.from(indices, (i) => facts.widths[i]),
    heights: Uint32Array.from(indices, (i) => facts.heights[i]),
    exactHashes: pairsOf(facts.exactHashes, indices),
    perceptualHashes: pairsOf(facts.perceptualHashes, indices),
    sharpness: Float32Array.from(indices, (i) => facts.sharpness[i]),
    brightness: Float32Array.from(indices, (i) => facts.brightness[i]),
  };
}

/** Some of the pictures: their places in the same array of bytes or their numbers in the same reader, and what was measured of them. */
export function selected(pictures: DecodedPictures | KeptPictures<PictureReader>, indices: readonly number[]) {
  const { widths, heights, facts } = pictures;
  const shown = {
    widths: Uint16Array.from(indices, (i) => widths[i]),
    heights: Uint16Array.from(indices, (i) => heights[i]),
    facts: selectedFacts(facts, indices),
  };
  if ('reader' in pictures) return { ...shown, reader: pictures.reader, numbers: Uint32Array.from(indices) };
  const { pixels, offsets } = pictures;
  return { ...shown, pixels, offsets: Uint32Array.from(indices, (i) => offsets[i]) };
}

/**
 * Reads the folders of decoded images and assembles the data set: classes, splits, images left out, the queries of kNN, and the images of
 * the run. The result depends on the arguments only, so that a correction has the same result as loading the images anew with it.
 * @param onShare reports the comparison of the pictures, where it is needed and not known yet
 * @throws ImportError when no image or fewer than two batches are left
 */
export function assembleDataset(
  decoded: DecodedFolder,
  reading: FolderReading,
  onShare: OnShare = () => {},
): ImportResult {
  const { name, paths, sizes } = decoded;
  const files = paths.map((path, i) => ({ path, size: sizes[i] }));
  const { images, leftOut, fingerprint, plan } = readFolders(files, reading);
  const skips = new Skips(decoded.skips);
  const used: number[] = [];
  for (const [i, reason] of leftOut.entries()) {
    if (reason === null) used.push(i);
    else skips.add({ path: paths[i], reason }, false);
  }
  const { labels, split } = images;
  const count = used.length;
  checkEnough(count, split.filter((part) => part === TRAIN).length, reading.batchSize, skips);
  let { pictures } = decoded;
  const groupsOfUsed = () => {
    // Of all pictures, so that they hold for every correction.
    const groups = 'reader' in pictures ? pictures.groups : (pictures.groups ?? groupPictures(pictures, onShare));
    pictures = { ...pictures, groups };
    return Uint32Array.from(used, (i) => groups[i]);
  };
  const { seed, holdOut } = reading;
  const notes = chooseQueries(labels, split, { seed, holdOut, groups: groupsOfUsed });
  const chosen = imagesOfRun(split, reading.images ?? 0);
  const shown = selected(
    pictures,
    Array.from(chosen, (i) => used[i]),
  );
  const source = { kind: 'folder', name, count, fingerprint } as const;
  const { classNames } = images;
  const dataset: LoadedDataset = {
    name,
    source,
    size: largestShortSide(shown),
    count: chosen.length,
    classNames,
    ...factsOf(images, chosen),
    ...shown,
  };
  return {
    dataset,
    skipped: skips.sorted(),
    plan: { ...plan, notes: [...plan.notes, ...notes] },
    decoded: { ...decoded, pictures },
  };
}
