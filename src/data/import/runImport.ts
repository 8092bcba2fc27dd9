import { type ImageDataset, largestShortSide, TEST, TRAIN } from '../../domain/imageDataset';
import { adviceOnFew, areEnough } from '../../domain/runProblems';
import { formatBytes } from '../../formats/bytes';
import { ImportError } from '../importError';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import { MAX_DATASET_BYTES } from '../limits';
import type { ImageSources, SourceFile } from '../sources';
import { archiveBatches, type Batch, BatchQueue, type Candidate } from './batches';
import type { BatchResult, SkippedSlot } from './decodeBatch';
import { fingerprint } from './fingerprint';
import { holdOutImages, holdOutPictures } from './holdOut';
import { planLabels, stripCommonFolders } from './labels';
import { folderOf, IN_A_FOLDER, kindOfLoose, openArchive } from './openArchives';
import { comparePaths, shownPath } from './paths';
import { type CollectedPictures, type DecodedPicture, joinPictures, pictureAt } from './pictureCollection';
import { groupPictures } from './pictureGroups';
import { ProgressMeter } from './progressMeter';
import { Skips } from './skips';

/** Decodes one batch to the size of the import; several decoders may work at once. */
export type Decoder = (batch: Batch) => Promise<BatchResult>;

const KNOWN_FORMATS = 'JPEG, PNG, WebP, GIF, BMP, AVIF, TIFF or HEIC images, or a .zip archive of them';

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
  pictures: CollectedPictures,
  { seed, holdOut, batchSize }: ImportSettings,
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

/** What was found so far: slots of candidates, decoded images by slot, and archives that are opened after the walk. */
class Findings {
  readonly candidates: Candidate[] = [];
  readonly decoded: (DecodedPicture | undefined)[] = [];
  readonly skips = new Skips();
  readonly meter: ProgressMeter;
  /** Loose files; whether an archive is alone decides if it becomes a folder. */
  loose = 0;
  archives: SourceFile[] = [];
  #bytes = 0;
  #count = 0;

  constructor(meter: ProgressMeter) {
    this.meter = meter;
  }

  add(candidates: readonly Candidate[]): number {
    const first = this.candidates.length;
    for (const candidate of candidates) this.candidates.push(candidate);
    return first;
  }

  take({ slots, pictures, skipped }: BatchResult, settings: ImportSettings): void {
    for (const [i, slot] of slots.entries()) this.decoded[slot] = pictureAt(pictures, i);
    this.#bytes += pictures.pixels.length;
    this.#count += slots.length;
    checkMemory(this.#bytes, this.#count, settings);
    for (const skip of skipped) this.#skip(skip);
    this.meter.add(slots.length, skipped.length);
  }

  #skip({ slot, reason, archive }: SkippedSlot): void {
    const { path, source } = this.candidates[slot];
    if (archive !== 'zip' || !('blob' in source)) this.skips.add({ path, reason }, archive !== undefined);
    else if (path.includes('/')) this.skips.add({ path, reason: IN_A_FOLDER }, true);
    else this.archives.push({ path, blob: source.blob });
  }
}

/** Reads what is found, portion by portion, and passes loose files on to the decoders. */
async function readSources(found: ImageSources['found'], findings: Findings, queue: BatchQueue): Promise<void> {
  for await (const { files, unreadable } of found) {
    const kinds = await Promise.all(files.map(kindOfLoose));
    const images: SourceFile[] = [];
    for (const skip of unreadable) findings.skips.add(skip, false);
    let refused = unreadable.length;
    for (const [i, kind] of kinds.entries()) {
      const file = files[i];
      if (kind === 'image') images.push(file);
      else if (kind === 'archive') findings.archives.push(file);
      else {
        findings.skips.add({ path: file.path, reason: kind.reason }, kind.isArchive);
        refused++;
      }
    }
    findings.loose += files.length;
    const first = findings.add(images.map(({ path, blob }) => ({ path, size: blob.size, source: { blob } })));
    queue.addFiles(images.map(({ blob }, i) => ({ slot: first + i, blob })));
    findings.meter.found(images.length, refused);
  }
}

/** Opens the archives among the loose files. A single archive is the root; among other files each archive becomes a folder. */
async function openArchives(findings: Findings, queue: BatchQueue): Promise<void> {
  const archives = findings.archives;
  findings.archives = [];
  for (const archive of archives) {
    const folder = findings.loose === 1 ? '' : folderOf(archive);
    const { candidates, skipped, isRefused } = await openArchive(archive, folder);
    for (const skip of skipped) findings.skips.add(skip, isRefused);
    const first = findings.add(candidates);
    const entries = candidates.flatMap(({ source }, i) =>
      'entry' in source ? [{ slot: first + i, entry: source.entry }] : [],
    );
    queue.add(archiveBatches(archive.blob, entries));
    findings.meter.found(candidates.length, skipped.length);
  }
}

/**
 * The import, in the page's worker and under Node: lists the files, divides them among the decoders while they are still being found, and
 * assembles the data set.
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
  const findings = new Findings(meter);
  /** Decodes what is listed, until all of it is listed and decoded. */
  const decodeWhile = async (list: (queue: BatchQueue) => Promise<void>) => {
    const queue = new BatchQueue();
    const work = async (decode: Decoder) => {
      for (let batch = await queue.next(); batch !== null; batch = await queue.next()) {
        findings.take(await decode(batch), settings);
      }
    };
    await Promise.all([...decoders.map(work), list(queue).finally(() => queue.close())]);
  };
  await decodeWhile(async (queue) => {
    await readSources(found, findings, queue);
    await openArchives(findings, queue);
    meter.allFound();
  });
  // Archives that are named like images are only found when they are decoded.
  while (findings.archives.length > 0) await decodeWhile((queue) => openArchives(findings, queue));
  meter.finish();

  const { candidates, decoded, skips } = findings;
  const slots = [...candidates.keys()]
    .filter((slot) => decoded[slot] !== undefined)
    .sort((a, b) => comparePaths(candidates[a].path, candidates[b].path));
  const good = slots.map((slot) => candidates[slot]);
  const pictures = joined(slots.flatMap((slot) => decoded[slot] ?? []));
  const dataset = assemble(name, good, pictures, settings, skips, meter);
  return { dataset, skipped: skips.sorted() };
}
