import { type ImageDataset, largestShortSide, type SkippedFile, TEST, TRAIN } from '../../domain/imageDataset';
import { adviceOnFew, areEnough } from '../../domain/runProblems';
import { formatBytes } from '../../formats/bytes';
import { UnusableFile } from '../../formats/unusableFile';
import { readZipDirectory } from '../../formats/zip/zipDirectory';
import { ImportError } from '../importError';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import { MAX_DATASET_BYTES } from '../limits';
import type { ImageSources, SourceFile } from '../sources';
import { type Batch, type Candidate, fileCandidate, makeBatches } from './batches';
import type { BatchResult } from './decodeBatch';
import { fingerprint } from './fingerprint';
import { holdOutImages, holdOutPictures } from './holdOut';
import { planLabels, stripCommonFolders } from './labels';
import { comparePaths } from './paths';
import { type CollectedPictures, type DecodedPicture, joinPictures, pictureAt } from './pictureCollection';
import { groupPictures } from './pictureGroups';
import { ProgressMeter } from './progressMeter';

/** Decodes one batch to the size of the import; several decoders may work at once. */
export type Decoder = (batch: Batch) => Promise<BatchResult>;

const ZIP = /\.zip$/i;
const KNOWN_FORMATS = 'JPEG, PNG, WebP, GIF, BMP, AVIF, TIFF or HEIC images';

/** Lists the images, including those in archives. A single archive is the root; among other files each archive becomes a folder. */
async function listCandidates(files: readonly SourceFile[], skipped: SkippedFile[]): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const file of files) {
    const { path, blob } = file;
    if (!ZIP.test(path)) {
      candidates.push(fileCandidate(file));
    } else if (path.includes('/')) {
      skipped.push({ path, reason: 'is an archive inside a folder: drop it by itself to read it' });
    } else {
      const folder = files.length === 1 ? '' : `${path.replace(ZIP, '')}/`;
      try {
        const directory = await readZipDirectory(blob);
        for (const entry of directory.entries) {
          candidates.push({ path: folder + entry.path, size: entry.size, source: { archive: blob, entry } });
        }
        for (const { path, reason } of directory.skipped) skipped.push({ path: folder + path, reason });
      } catch (error) {
        if (!(error instanceof UnusableFile)) throw error;
        skipped.push({ path, reason: error.message });
      }
    }
  }
  return candidates.sort((a, b) => comparePaths(a.path, b.path));
}

/** @throws ImportError where pictures of these bytes in all are more than can be held. */
function checkMemory(bytes: number, count: number, { sourceSize }: ImportSettings): void {
  if (bytes <= MAX_DATASET_BYTES) return;
  throw new ImportError(
    `The first ${count.toLocaleString('en')} images already take ${formatBytes(bytes)} of memory, which is more than is available. ` +
      `Choose fewer images${sourceSize === 'square' ? ' or a smaller image size' : ' or a smaller source size'}.`,
  );
}

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

function checkEnough(count: number, trainable: number, batchSize: number, skipped: readonly SkippedFile[]): void {
  const [first] = skipped;
  if (count === 0) {
    const example = first === undefined ? '' : ` For example, ${first.path} ${first.reason}.`;
    throw new ImportError(`There are no images here that can be read.${example} Choose ${KNOWN_FORMATS}.`, skipped);
  }
  if (areEnough(trainable, batchSize)) return;
  const few = trainable === 1 ? 'Only 1 image' : `Only ${trainable.toLocaleString('en')} images`;
  const bad = skippedWords(skipped.length);
  throw new ImportError(
    `${few} to train on${bad}: a run needs at least two batches, ${2 * batchSize} images. ${adviceOnFew(trainable)}`,
    skipped,
  );
}

/** The data set of the decoded images, in the order of their paths. */
function assemble(
  name: string,
  good: readonly Candidate[],
  pictures: CollectedPictures,
  { seed, holdOut, batchSize }: ImportSettings,
  skipped: readonly SkippedFile[],
  meter: ProgressMeter,
): ImageDataset {
  const names = stripCommonFolders(good.map(({ path }) => path));
  const { labels, classNames, split } = planLabels(names);
  checkEnough(good.length, split.filter((part) => part === TRAIN).length, batchSize, skipped);
  const canAsk = labels?.some((label, i) => label >= 0 && split[i] === TEST) ?? false;
  if (labels !== null && !canAsk) {
    if (holdOut === 'images') holdOutImages(labels, split, seed);
    else {
      const groups = groupPictures(pictures, (share) => meter.comparing(share, good.length));
      holdOutPictures(labels, groups, split, seed);
    }
  }
  const files = good.map(({ size: bytes }, i) => ({ path: names[i], size: bytes }));
  return {
    name,
    source: { kind: 'folder', name, count: good.length, fingerprint: fingerprint(files) },
    size: largestShortSide(pictures),
    count: good.length,
    names,
    labels,
    classNames,
    split,
    ...pictures,
  };
}

/**
 * The import, in the page's worker and under Node: lists the files, divides them among the decoders, and assembles the data set.
 * @param decoders all are kept busy; their number affects only the time, not the result.
 * @throws ImportError as `importImages` does.
 */
export async function runImport(
  { name, files, unreadable }: ImageSources,
  settings: ImportSettings,
  decoders: readonly Decoder[],
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportResult> {
  const skipped = [...unreadable];
  const meter = new ProgressMeter(onProgress);
  meter.listing(files.length, skipped.length);
  const candidates = await listCandidates(files, skipped);
  const decoded: (DecodedPicture | undefined)[] = new Array(candidates.length);
  let bytes = 0;
  let count = 0;
  meter.start(candidates.length, skipped.length);

  const batches = makeBatches(candidates).values();
  const work = async (decode: Decoder) => {
    // All decoders share one iterator, so that each takes the next batch as soon as it is free.
    for (const batch of batches) {
      const result = await decode(batch);
      for (const [i, slot] of result.slots.entries()) decoded[slot] = pictureAt(result.pictures, i);
      bytes += result.pictures.pixels.length;
      count += result.slots.length;
      checkMemory(bytes, count, settings);
      for (const { slot, reason } of result.skipped) skipped.push({ path: candidates[slot].path, reason });
      meter.add(result.slots.length, result.skipped.length);
    }
  };
  await Promise.all(decoders.map(work));
  meter.finish();

  skipped.sort((a, b) => comparePaths(a.path, b.path));
  const good = candidates.filter((_, slot) => decoded[slot] !== undefined);
  const pictures = joined(decoded.filter((picture) => picture !== undefined));
  const dataset = assemble(name, good, pictures, settings, skipped, meter);
  return { dataset, skipped };
}
