import { type ImageDataset, largestShortSide, TRAIN } from '../../domain/imageDataset';
import { adviceOnFew, areEnough, fittingBatch } from '../../domain/runProblems';
import { ImportError } from '../importError';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import { chooseQueries } from '../labels/queries';
import { readFolders } from '../labels/readFolders';
import type { ImageSources } from '../sources';
import { shownPath, sortByPath } from './paths';
import { type CollectedPictures, type DecodedPicture, joinPictures } from './pictureCollection';
import { groupPictures } from './pictureGroups';
import { ProgressMeter } from './progressMeter';
import { type Decoder, readImages } from './readImages';
import type { Skips } from './skips';

const KNOWN_FORMATS = 'JPEG, PNG, WebP, GIF, BMP, AVIF, TIFF or HEIC images, or a .zip archive of them';

/** @throws ImportError where there is no memory for all of them. */
function joined(pictures: readonly DecodedPicture[]): CollectedPictures {
  try {
    return joinPictures(pictures);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const count = pictures.length.toLocaleString('en');
    throw new ImportError(
      `There is not enough memory for these ${count} images. Choose fewer, or a smaller source size.`,
    );
  }
}

function skippedWords(files: number): string {
  if (files === 0) return '';
  return files === 1 ? ' (1 file was skipped)' : ` (${files.toLocaleString('en')} files were skipped)`;
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
  const few = trainable === 1 ? 'Only 1 image' : `Only ${trainable.toLocaleString('en')} images`;
  const bad = skippedWords(skipped.length);
  throw new ImportError(
    `${few} to train on${bad}: a run needs at least two batches, ${2 * batchSize} images. ${adviceOnFew(trainable)}`,
    skipped,
    fittingBatch(trainable),
  );
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
  const { candidates, decoded, skips } = await readImages(found, settings, decoders, meter);
  const all = candidates.flatMap(({ path, size }, slot) => {
    const picture = decoded[slot];
    return picture === undefined ? [] : [{ path, size, picture }];
  });
  const good = sortByPath(all, settings.labelRule === 'first');
  const { images, leftOut, fingerprint, plan } = readFolders(good, settings);
  for (const [i, reason] of leftOut.entries()) if (reason !== null) skips.add({ path: good[i].path, reason }, false);
  const { labels, split } = images;
  const count = split.length;
  checkEnough(count, split.filter((part) => part === TRAIN).length, settings.batchSize, skips);
  const pictures = joined(good.flatMap(({ picture }, i) => (leftOut[i] === null ? [picture] : [])));
  const { seed, holdOut } = settings;
  const groups = () => groupPictures(pictures, (share) => meter.comparing(share, count));
  const notes = chooseQueries(labels, split, { seed, holdOut, groups });
  const source = { kind: 'folder', name, count, fingerprint } as const;
  const dataset: ImageDataset = { name, source, size: largestShortSide(pictures), count, ...images, ...pictures };
  return { dataset, skipped: skips.sorted(), plan: { ...plan, notes: [...plan.notes, ...notes] } };
}
