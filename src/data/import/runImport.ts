import type { ImageDataset } from '../../domain/imageDataset';
import { TEST, TRAIN } from '../../domain/imageDataset';
import { adviceOnFew, areEnough } from '../../domain/runProblems';
import { ImportError } from '../importError';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import type { ImageSources } from '../sources';
import type { Candidate } from './batches';
import { fingerprint } from './fingerprint';
import { holdOutImages, holdOutPictures } from './holdOut';
import { planLabels, stripCommonFolders } from './labels';
import { comparePaths, shownPath } from './paths';
import { groupPictures } from './pictureGroups';
import { ProgressMeter } from './progressMeter';
import { type Decoder, readImages } from './readImages';
import type { Skips } from './skips';

const KNOWN_FORMATS = 'JPEG, PNG, WebP, GIF, BMP or AVIF images, or a .zip archive of them';

/**
 * The decoded images of these slots, in this order, as one array of bytes. They are removed from `decoded`, so that each is in memory twice
 * only for a moment.
 * @throws ImportError where there is no memory for it
 */
function joined(decoded: (Uint8Array | undefined)[], slots: readonly number[], size: number): Uint8Array<ArrayBuffer> {
  try {
    const pixels = new Uint8Array(slots.length * size * size * 4);
    for (const [i, slot] of slots.entries()) {
      pixels.set(decoded[slot] ?? [], i * size * size * 4);
      decoded[slot] = undefined;
    }
    return pixels;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ImportError(
      `There is not enough memory for these ${slots.length.toLocaleString('en')} images. Choose fewer.`,
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
  );
}

/** The data set of the decoded images, in the order of their paths. */
function assemble(
  name: string,
  good: readonly Candidate[],
  pixels: Uint8Array<ArrayBuffer>,
  { size, seed, holdOut, batchSize }: ImportSettings,
  skips: Skips,
  meter: ProgressMeter,
): ImageDataset {
  const names = stripCommonFolders(good.map(({ path }) => path));
  const { labels, classNames, split } = planLabels(names);
  checkEnough(good.length, split.filter((part) => part === TRAIN).length, batchSize, skips);
  const canAsk = labels?.some((label, i) => label >= 0 && split[i] === TEST) ?? false;
  if (labels !== null && !canAsk) {
    if (holdOut === 'images') holdOutImages(labels, split, seed);
    else {
      const groups = groupPictures(pixels, size, good.length, (share) => meter.comparing(share, good.length));
      holdOutPictures(labels, groups, split, seed);
    }
  }
  const files = good.map(({ size: bytes }, i) => ({ path: names[i], size: bytes }));
  return {
    name,
    source: { kind: 'folder', name, count: good.length, fingerprint: fingerprint(files) },
    size,
    count: good.length,
    names,
    labels,
    classNames,
    split,
    pixels,
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
  const { candidates, decoded, skips } = await readImages(found, settings, decoders, meter);
  const slots = [...candidates.keys()]
    .filter((slot) => decoded[slot] !== undefined)
    .sort((a, b) => comparePaths(candidates[a].path, candidates[b].path));
  const good = slots.map((slot) => candidates[slot]);
  const pixels = joined(decoded, slots, settings.size);
  const dataset = assemble(name, good, pixels, settings, skips, meter);
  return { dataset, skipped: skips.sorted() };
}
