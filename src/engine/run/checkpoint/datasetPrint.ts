import { counted } from '../../../domain/counted';
import { areDerivedAlike, type Derivation } from '../../../domain/derivation';
import type { DatasetInfo, KeptShapes } from '../../../domain/imageDataset';
import { crc32 } from '../../../formats/zip/crc32';
import { CheckpointError } from './checkpointError';

/**
 * What a run's images are recognised by. It does not cover their pixels, since browsers and Node decode photos with differences in the last
 * bits; a folder's fingerprint covers names and sizes of its files.
 */
export interface DatasetPrint {
  readonly name: string;
  /** The sample, whose version is one of the settings; null for a person's own images. */
  readonly sample: string | null;
  /** Fingerprint of a person's own images; null for a sample. */
  readonly fingerprint: string | null;
  readonly count: number;
  /** Checksums: of the images' parts (training, test), of their classes and the names of these, of their shapes. */
  readonly split: number;
  readonly classes: number;
  readonly shapes: number;
  /** How they are derived from those of the sample or of the folder; left out where they are these. */
  readonly derivation?: Derivation | undefined;
}

function checksum(...parts: readonly (ArrayBufferView | null)[]): number {
  return parts.reduce(
    (before, part) =>
      part === null ? before : crc32(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), before),
    0,
  );
}

export function datasetPrint(dataset: DatasetInfo & KeptShapes): DatasetPrint {
  const { name, source, count, split, labels, classNames, widths, heights, derivation } = dataset;
  return {
    name,
    sample: source.kind === 'sample' ? source.id : null,
    fingerprint: source.kind === 'folder' ? source.fingerprint : null,
    count,
    split: checksum(split),
    classes: checksum(labels, new TextEncoder().encode(JSON.stringify(classNames))),
    shapes: checksum(widths, heights),
    ...(derivation && { derivation }),
  };
}

/** How images differ from those of a checkpoint, for a sentence; empty where they are the same. */
export function imageDifferences(wanted: DatasetPrint, given: DatasetPrint): string[] {
  if (wanted.sample !== given.sample) return [`they are those of ${given.name}`];
  if (wanted.count !== given.count) return [`there are ${counted(given.count, 'image')} in place of ${wanted.count}`];
  const parts: readonly (readonly [keyof DatasetPrint, string])[] = [
    ['fingerprint', 'their files have other names or sizes'],
    ['split', 'other images are for training and for testing'],
    ['classes', 'they have other classes'],
    ['shapes', 'they are kept at other sizes'],
  ];
  const found = parts.filter(([part]) => wanted[part] !== given[part]).map(([, words]) => words);
  return areDerivedAlike(wanted.derivation, given.derivation) ? found : ['other ones of them are chosen', ...found];
}

/** @throws CheckpointError naming what differs, where a run's images are not those of a checkpoint */
export function expectSameImages(wanted: DatasetPrint, given: DatasetPrint): void {
  const found = imageDifferences(wanted, given);
  if (found.length === 0) return;
  const remedy =
    wanted.sample === null
      ? `Load the images of “${wanted.name}” as they were when the run began, with the same corrections of folders.`
      : `Load the sample ${wanted.name}.`;
  throw new CheckpointError(`The images are not those of the checkpoint: ${found.join(', and ')}. ${remedy}`);
}
