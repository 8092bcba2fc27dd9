import { freeMemory } from '../../domain/freeMemory';
import { DECODED_LIMIT } from '../../domain/pictureMemory';
import type { ByteSource } from '../../formats/byteSource';
import type { ZipEntry } from '../../formats/zip/zipEntry';
import type { ImportSettings } from '../importTypes';
import type { ImageSources, SourceFile } from '../sources';
import { archiveBatches, type Batch, BatchQueue, type Candidate } from './batches';
import { CompressedStore } from './compressedStore';
import { compressPicture } from './compressPicture';
import type { BatchResult, SkippedSlot } from './decodeBatch';
import { folderOf, IN_A_FOLDER, kindOfLoose, openArchive } from './openArchives';
import { type CollectedPictures, type DecodedPicture, pictureAt } from './pictureCollection';
import type { ProgressMeter } from './progressMeter';
import { Skips } from './skips';

/** Decodes one batch to the size of the import; several decoders may work at once. The pixels of each result are the caller's. */
export type Decoder = (batch: Batch) => Promise<BatchResult>;

/** Pictures of one decoder's answer. Numbers in arrays take a tenth of the objects that `pictureAt` makes of them. */
interface DecodedBatch {
  readonly slots: readonly number[];
  readonly pictures: CollectedPictures;
}

/** What was found so far: candidates, decoded images by the slots of their candidates, and archives that are opened after the walk. */
class Findings {
  readonly candidates: Candidate[] = [];
  readonly skips = new Skips();
  readonly meter: ProgressMeter;
  /** Loose files; whether an archive is alone decides if it becomes a folder. */
  loose = 0;
  archives: SourceFile[] = [];
  /** The compressed pictures, once the decoded ones were more than are held in memory; null before. */
  compressed: CompressedStore | null = null;
  readonly #limit: number;
  readonly #batches: DecodedBatch[] = [];
  /** The batch of each slot, and the place in it. */
  readonly #batchOf: (number | undefined)[] = [];
  readonly #placeOf: number[] = [];
  #bytes = 0;

  constructor(meter: ProgressMeter, { decodedLimit = DECODED_LIMIT }: ImportSettings) {
    this.meter = meter;
    this.#limit = decodedLimit;
  }

  add(candidates: readonly Candidate[]): number {
    const first = this.candidates.length;
    for (const candidate of candidates) this.candidates.push(candidate);
    return first;
  }

  /** Whether the file of this slot was decoded. */
  isDecoded(slot: number): boolean {
    return this.#batchOf[slot] !== undefined;
  }

  /** The decoded picture of this slot. */
  decoded(slot: number): DecodedPicture {
    const batch = this.#batchOf[slot];
    if (batch === undefined) throw new RangeError(`file ${slot} was not decoded`);
    return pictureAt(this.#batches[batch].pictures, this.#placeOf[slot]);
  }

  async take({ slots, pictures, skipped, compressed }: BatchResult): Promise<void> {
    const batch = this.#batches.push({ slots, pictures }) - 1;
    for (const [i, slot] of slots.entries()) {
      this.#batchOf[slot] = batch;
      this.#placeOf[slot] = i;
      if (compressed !== null) this.compressed?.add(slot, compressed[i]);
    }
    for (const skip of skipped) this.#skip(skip);
    this.meter.add(slots.length, skipped.length);
    this.#bytes += pictures.pixels.length;
    if (this.compressed !== null) {
      // Its decoder began before the limit was reached.
      if (compressed === null) await this.#compress(batch, this.compressed);
    } else if (this.#bytes > this.#limit) {
      this.compressed = new CompressedStore();
      for (let before = 0; before <= batch; before++) await this.#compress(before, this.compressed);
    }
  }

  /** Compresses pictures that are decoded, one after the other, and frees their pixels. */
  async #compress(batch: number, store: CompressedStore): Promise<void> {
    const { slots, pictures } = this.#batches[batch];
    for (const [i, slot] of slots.entries()) {
      store.add(slot, await compressPicture(pictureAt(pictures, i), this.candidates[slot].size));
    }
    this.#batches[batch] = { slots, pictures: { ...pictures, pixels: new Uint8Array(0) } };
    freeMemory([pictures.pixels]);
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
 * The files that may be images, in the order in which they were found, the images by the same slots, and what was skipped. Where the images
 * are compressed, they have no pixels here.
 */
export type ReadImages = Pick<Findings, 'candidates' | 'isDecoded' | 'decoded' | 'skips' | 'compressed'>;

/**
 * Lists the files, those in archives too, and divides them among the decoders while they are still being found.
 * @param decoders all are kept busy
 */
export async function readImages(
  found: ImageSources['found'],
  settings: ImportSettings,
  decoders: readonly Decoder[],
  meter: ProgressMeter,
): Promise<ReadImages> {
  const findings = new Findings(meter, settings);
  const decodeWhile = (list: Lister) => decode(findings, decoders, list);
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

/** The same for files of one archive that are known to be images; their slots are in their order. */
export async function readEntries(
  archive: ByteSource,
  images: readonly { readonly path: string; readonly entry: ZipEntry }[],
  settings: ImportSettings,
  decoders: readonly Decoder[],
  meter: ProgressMeter,
): Promise<ReadImages> {
  const findings = new Findings(meter, settings);
  findings.add(images.map(({ path, entry }) => ({ path, size: entry.size, source: { archive, entry } })));
  await decode(findings, decoders, async (queue) => {
    const entries = images.map(({ entry }, slot) => ({ slot, entry }));
    queue.add(archiveBatches(archive, entries));
    meter.found(images.length, 0);
    meter.allFound();
  });
  meter.finish();
  return findings;
}

/** Passes what is found to the decoders. */
type Lister = (queue: BatchQueue) => Promise<void>;

/** Decodes what is listed, until all of it is listed and decoded. */
async function decode(findings: Findings, decoders: readonly Decoder[], list: Lister): Promise<void> {
  const queue = new BatchQueue();
  const work = async (decode: Decoder) => {
    for (let batch = await queue.next(); batch !== null; batch = await queue.next()) {
      await findings.take(await decode(findings.compressed === null ? batch : { ...batch, task: 'compress' }));
    }
  };
  await Promise.all([...decoders.map(work), list(queue).finally(() => queue.close())]);
}
