import type { ImageDataset, SkippedFile } from '../../domain/imageDataset';
import { TRAIN } from '../../domain/imageDataset';
import { adviceOnFew, areEnough, fittingBatch } from '../../domain/runProblems';
import { formatBytes } from '../../formats/bytes';
import { UnusableFile } from '../../formats/unusableFile';
import { readZipDirectory } from '../../formats/zip/zipDirectory';
import { ImportError } from '../importError';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import { chooseQueries } from '../labels/queries';
import { readFolders } from '../labels/readFolders';
import { MAX_DATASET_BYTES } from '../limits';
import type { ImageSources, SourceFile } from '../sources';
import { type Batch, type Candidate, fileCandidate, makeBatches } from './batches';
import type { BatchResult } from './decodeBatch';
import { comparePaths, sortByPath } from './paths';
import { groupPictures } from './pictureGroups';
import { ProgressMeter } from './progressMeter';

/** Decodes one batch to the size of the import; several decoders may work at once. */
export type Decoder = (batch: Batch) => Promise<BatchResult>;

const ZIP = /\.zip$/i;
const KNOWN_FORMATS = 'JPEG, PNG, WebP, GIF, BMP or AVIF images';

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
  return candidates;
}

function allocate(count: number, size: number): Uint8Array<ArrayBuffer> {
  const bytes = count * size * size * 4;
  try {
    if (bytes <= MAX_DATASET_BYTES) return new Uint8Array(bytes);
  } catch {
    // The allocation failed: the browser has less memory than the limit.
  }
  const most = Math.floor(MAX_DATASET_BYTES / (size * size * 4)).toLocaleString('en');
  throw new ImportError(
    `These ${count.toLocaleString('en')} files would need ${formatBytes(bytes)} of memory at ${size} × ${size} pixels, ` +
      `which is more than is available. Choose fewer (at most ${most})${size > 32 ? ', or choose 32 pixels' : ''}.`,
  );
}

/** Closes the gaps of skipped files, in place. */
function compact(pixels: Uint8Array<ArrayBuffer>, isGood: Uint8Array, imageBytes: number): Uint8Array<ArrayBuffer> {
  let to = 0;
  for (const [slot, good] of isGood.entries()) {
    if (good === 0) continue;
    if (to !== slot) pixels.copyWithin(to * imageBytes, slot * imageBytes, (slot + 1) * imageBytes);
    to++;
  }
  return to === isGood.length ? pixels : pixels.slice(0, to * imageBytes);
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
    fittingBatch(trainable),
  );
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
  const candidates = sortByPath(await listCandidates(files, skipped), settings.labelRule === 'first');
  const imageBytes = settings.size ** 2 * 4;
  const pixels = allocate(candidates.length, settings.size);
  const isGood = new Uint8Array(candidates.length);
  meter.start(candidates.length, skipped.length);

  const batches = makeBatches(candidates).values();
  const work = async (decode: Decoder) => {
    // All decoders share one iterator, so that each takes the next batch as soon as it is free.
    for (const batch of batches) {
      const result = await decode(batch);
      for (const [i, slot] of result.slots.entries()) {
        pixels.set(result.pixels.subarray(i * imageBytes, (i + 1) * imageBytes), slot * imageBytes);
        isGood[slot] = 1;
      }
      for (const { slot, reason } of result.skipped) skipped.push({ path: candidates[slot].path, reason });
      meter.add(result.slots.length, result.skipped.length);
    }
  };
  await Promise.all(decoders.map(work));
  meter.finish();

  const decoded = candidates.filter((_, slot) => isGood[slot] === 1);
  const { images, leftOut, fingerprint, plan } = readFolders(decoded, settings);
  const slots = [...isGood.keys()].filter((slot) => isGood[slot] === 1);
  for (const [i, reason] of leftOut.entries()) {
    if (reason === null) continue;
    isGood[slots[i]] = 0;
    skipped.push({ path: decoded[i].path, reason });
  }
  skipped.sort((a, b) => comparePaths(a.path, b.path));
  const { labels, split } = images;
  const count = split.length;
  checkEnough(count, split.filter((part) => part === TRAIN).length, settings.batchSize, skipped);
  const used = compact(pixels, isGood, imageBytes);
  const { size, seed, holdOut } = settings;
  const groups = () => groupPictures(used, size, count, (share) => meter.comparing(share, count));
  const notes = chooseQueries(labels, split, { seed, holdOut, groups });
  const source = { kind: 'folder', name, count, fingerprint } as const;
  const dataset: ImageDataset = { name, source, size, count, ...images, pixels: used };
  return { dataset, skipped, plan: { ...plan, notes: [...plan.notes, ...notes] } };
}
