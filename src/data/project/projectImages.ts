import { type Derivation, derivationSchema } from '../../domain/derivation';
import { type DatasetInfo, type KeptShapes, largestShortSide } from '../../domain/imageDataset';
import { IMAGE_INDEX, IMAGES, type ImageIndex, imageIndexOf } from '../../domain/imageIndex';
import { z } from '../../domain/zod';
import type { ByteSource } from '../../formats/byteSource';
import { checkFileSize, inspectImage } from '../../formats/image/inspectImage';
import { rowsOfCsv } from '../../formats/readCsv';
import { UnusableFile } from '../../formats/unusableFile';
import { type PackedFolder, readPacked } from '../../formats/zip/packedFolder';
import { unpackEntry, type ZipEntry } from '../../formats/zip/zipEntry';
import { archiveBatches } from '../import/batches';
import { breathe } from '../import/breathe';

/** The images in a project file, not yet decoded. */
export interface ProjectImages {
  readonly archive: ByteSource;
  readonly name: string;
  readonly fingerprint: string;
  readonly derivation?: Derivation | undefined;
  readonly index: ImageIndex;
  /** The files of the images, in their order. */
  readonly entries: readonly ZipEntry[];
}

/** A million classes with long names, or a million images with long paths, take less. */
const MOST_JSON_BYTES = 32 * 2 ** 20;
const MOST_INDEX_BYTES = 256 * 2 ** 20;

/** What `project.json` says of the images. */
const schema = z.object({
  dataset: z.object({ name: z.string(), fingerprint: z.string(), derivation: derivationSchema.optional() }),
  classes: z.array(z.string()).nullable(),
});

const decoded = (bytes: Uint8Array, path: string) => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnusableFile(`is damaged: its ${path} is not text`);
  }
};

/**
 * Which images a project file holds. None of them is read.
 * @throws UnusableFile where their list is damaged, or one of them is missing
 */
export async function readProjectImages(folder: PackedFolder): Promise<ProjectImages> {
  const { dataset, classes } = await readFacts(folder);
  const text = decoded(await readPacked(folder, IMAGE_INDEX, MOST_INDEX_BYTES), IMAGE_INDEX);
  const index = imageIndexOf(rowsOf(text), classes);
  if (typeof index === 'string') throw new UnusableFile(`cannot be used: its ${IMAGE_INDEX} ${index}`);
  const entries = index.files.map((file) => {
    const entry = folder.entries.get(IMAGES + file);
    if (entry === undefined) throw new UnusableFile(`is not complete: the image ${IMAGES}${file} is missing`);
    return entry;
  });
  return { archive: folder.archive, ...dataset, index, entries };
}

async function readFacts(folder: PackedFolder): Promise<z.infer<typeof schema>> {
  const text = decoded(await readPacked(folder, 'project.json', MOST_JSON_BYTES), 'project.json');
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new UnusableFile('is damaged: what its project.json says of the images is not readable');
  }
}

function rowsOf(text: string): string[][] {
  try {
    return rowsOfCsv(text);
  } catch (error) {
    throw error instanceof UnusableFile
      ? new UnusableFile(`cannot be used: its ${IMAGE_INDEX} ${error.message}`)
      : error;
  }
}

/** The data set of a run on these images, without the pixels. */
export function projectInfo({ name, fingerprint, derivation, index }: ProjectImages): DatasetInfo & KeptShapes {
  const { names, labels, classNames, split, widths, heights } = index;
  const count = names.length;
  return {
    name,
    source: { kind: 'folder', name: derivation?.from ?? name, count, fingerprint },
    size: largestShortSide({ widths, heights }),
    count,
    names,
    labels,
    classNames,
    split,
    widths,
    heights,
    ...(derivation && { derivation }),
  };
}

/**
 * Reads every image but for its pixels: whether it is whole, a PNG, and of the size in the list.
 * @param onProgress called with the number of images that were read
 * @throws UnusableFile naming an image that is not
 */
export async function checkProjectImages(images: ProjectImages, onProgress: (done: number) => void): Promise<void> {
  const { archive, entries } = images;
  const batches = archiveBatches(
    archive,
    entries.map((entry, slot) => ({ slot, entry })),
  );
  let done = 0;
  for (const batch of batches) {
    if (batch.kind !== 'archive') continue;
    const start = Math.min(...batch.entries.map(({ entry }) => entry.start));
    const end = Math.max(...batch.entries.map(({ entry }) => entry.end));
    const bytes = new Uint8Array(await archive.slice(start, end).arrayBuffer());
    for (const { slot, entry } of batch.entries) {
      checkImage(images, slot, bytes.subarray(entry.start - start, entry.end - start));
    }
    done += batch.entries.length;
    onProgress(done);
    await breathe();
  }
}

function checkImage({ index, entries }: ProjectImages, i: number, region: Uint8Array): void {
  const wanted = `${index.widths[i]} x ${index.heights[i]}`;
  try {
    checkFileSize(entries[i].size);
    const { format, width, height } = inspectImage(unpackEntry(entries[i], region));
    if (format !== 'PNG') throw new UnusableFile(`is a ${format} in place of a PNG`);
    if (`${width} x ${height}` === wanted) return;
    throw new UnusableFile(`has ${width} x ${height} pixels in place of ${wanted}`);
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new UnusableFile(`cannot be used: the image ${IMAGES}${index.files[i]} ${error.message}`);
  }
}
