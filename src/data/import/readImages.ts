import { counted } from '../../domain/counted';
import { formatBytes } from '../../formats/bytes';
import { ImportError } from '../importError';
import type { ImportSettings } from '../importTypes';
import { MAX_DATASET_BYTES } from '../limits';
import type { ImageSources, SourceFile } from '../sources';
import { archiveBatches, type Batch, BatchQueue, type Candidate } from './batches';
import type { BatchResult, SkippedSlot } from './decodeBatch';
import { folderOf, IN_A_FOLDER, kindOfLoose, openArchive } from './openArchives';
import { type DecodedPicture, pictureAt } from './pictureCollection';
import type { ProgressMeter } from './progressMeter';
import { Skips } from './skips';

/** Decodes one batch to the size of the import; several decoders may work at once. */
export type Decoder = (batch: Batch) => Promise<BatchResult>;

/** @throws ImportError where pictures of these bytes in all are more than can be held. */
function checkMemory(bytes: number, count: number, { sourceSize }: ImportSettings): void {
  if (bytes <= MAX_DATASET_BYTES) return;
  throw new ImportError(
    `The first ${counted(count, 'image')} already take ${formatBytes(bytes)} of memory, which is more than is available. ` +
      `Choose fewer images${sourceSize === 'square' ? ' or a smaller image size' : ' or a smaller source size'}.`,
  );
}

/** What was found so far: candidates, decoded images by the slots of their candidates, and archives that are opened after the walk. */
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

/** The files that may be images, in the order in which they were found, the images by the same slots, and what was skipped. */
export type ReadImages = Pick<Findings, 'candidates' | 'decoded' | 'skips'>;

/**
 * Lists the files, those in archives too, and divides them among the decoders while they are still being found.
 * @param decoders all are kept busy
 * @throws ImportError when all images would not fit in memory
 */
export async function readImages(
  found: ImageSources['found'],
  settings: ImportSettings,
  decoders: readonly Decoder[],
  meter: ProgressMeter,
): Promise<ReadImages> {
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
  return findings;
}
