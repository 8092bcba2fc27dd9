import { type LoadedDataset, largestShortSide, TRAIN } from '../../domain/imageDataset';
import { adviceOnFew, areEnough, fittingBatch } from '../../domain/runProblems';
import { ImportError } from '../importError';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import { chooseQueries } from '../labels/queries';
import { readFolders } from '../labels/readFolders';
import type { ImageSources } from '../sources';
import { CompressedPictures } from './compressedPictures';
import type { CompressedStore } from './compressedStore';
import { DecoderTurns } from './decoderTurns';
import { shownPath, sortByPath } from './paths';
import { type CollectedPictures, collectPictures, type DecodedPicture } from './pictureCollection';
import { groupCompared, groupPictures } from './pictureGroups';
import { ProgressMeter } from './progressMeter';
import { type Decoder, readImages } from './readImages';
import type { Skips } from './skips';

const KNOWN_FORMATS = 'JPEG, PNG, WebP, GIF, BMP, AVIF, TIFF or HEIC images, or a .zip archive of them';

/** @throws ImportError where there is no memory for all of them. */
function joined(images: number, pictureOf: (i: number) => DecodedPicture): CollectedPictures {
  try {
    return collectPictures(images, pictureOf);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const count = images.toLocaleString('en');
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
 * @param decoders all are kept busy; their number affects only the time, not the result. Pictures that are kept compressed are decoded by them
 *   afterwards, too.
 * @param endDecoders called when these are not needed any more
 * @throws ImportError as `importImages` does.
 */
export async function runImport(
  { name, found }: ImageSources,
  settings: ImportSettings,
  decoders: readonly Decoder[],
  onProgress: (progress: ImportProgress) => void,
  endDecoders: () => void = () => undefined,
): Promise<ImportResult> {
  const meter = new ProgressMeter(onProgress);
  const read = await readImages(found, settings, decoders, meter);
  const { candidates, skips, compressed } = read;
  const all = candidates.flatMap(({ path, size, source }, slot) =>
    read.isDecoded(slot) ? [{ path, size, source, slot }] : [],
  );
  const good = sortByPath(all, settings.labelRule === 'first');
  const { images, leftOut, fingerprint, plan } = readFolders(good, settings);
  for (const [i, reason] of leftOut.entries()) if (reason !== null) skips.add({ path: good[i].path, reason }, false);
  const { labels, split } = images;
  const count = split.length;
  checkEnough(count, split.filter((part) => part === TRAIN).length, settings.batchSize, skips);
  const inUse = good.filter((_, i) => leftOut[i] === null);
  const pictures = joined(inUse.length, (i) => read.decoded(inUse[i].slot));
  const { seed, holdOut } = settings;
  const onShare = (share: number) => meter.comparing(share, count);
  const groups = () =>
    compressed === null
      ? groupPictures(pictures, onShare)
      : groupCompared(pictures, (i) => compressed.compared(inUse[i].slot), onShare);
  const notes = chooseQueries(labels, split, { seed, holdOut, groups });
  compressed?.freeCopies();
  const source = { kind: 'folder', name, count, fingerprint } as const;
  const info = { name, source, size: largestShortSide(pictures), count, ...images };
  const { widths, heights, facts } = pictures;
  const kept = (store: CompressedStore) =>
    inUse.map(({ slot, path, source }) => ({
      candidate: { path, source },
      packed: store.packed(slot),
      keptHash: store.keptHash(slot),
    }));
  const dataset: LoadedDataset =
    compressed === null
      ? { ...info, ...pictures }
      : {
          ...info,
          widths,
          heights,
          facts,
          reader: new CompressedPictures(
            kept(compressed),
            { widths, heights },
            new DecoderTurns(decoders, endDecoders),
          ),
        };
  return { dataset, skipped: skips.sorted(), plan: { ...plan, notes: [...plan.notes, ...notes] } };
}
