import { readSafetensors, type Safetensors, writeSafetensors } from '../../../formats/safetensors';
import { UnusableFile } from '../../../formats/unusableFile';
import { crc32 } from '../../../formats/zip/crc32';

/**
 * Safetensors files with a checksum: the CRC-32 of the whole file, eight hexadecimal digits in its metadata, computed with zeros in their
 * place. All versions of the format keep it in this way, so that a damaged file is told from one of a later version.
 */
const KEY = 'checksum';
const ZEROS = '0'.repeat(8);

/** The longest header of an encoder or a checkpoint: those of ours have less than a tenth of it. */
export const MOST_HEADER_BYTES = 2_000_000;

const encoded = (text: string) => new TextEncoder().encode(text);

/** The place of the checksum in a file; null where there is none. In a metadata text the quotes would be escaped. */
function placeOfChecksum(file: Uint8Array): number | null {
  const label = encoded(`"${KEY}":"`);
  for (let at = file.indexOf(label[0]); at >= 0; at = file.indexOf(label[0], at + 1)) {
    if (label.every((byte, i) => file[at + i] === byte)) return at + label.length;
  }
  return null;
}

function checksumOf(file: Uint8Array, place: number): string {
  const before = crc32(file.subarray(0, place));
  const all = crc32(file.subarray(place + ZEROS.length), crc32(encoded(ZEROS), before));
  return all.toString(16).padStart(ZEROS.length, '0');
}

/** A safetensors file with a checksum. */
export function writeSealed({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  const file = writeSafetensors({ tensors, metadata: new Map([[KEY, ZEROS], ...metadata]) });
  const place = placeOfChecksum(file);
  if (place === null) throw new Error('the metadata has no place for the checksum');
  file.set(encoded(checksumOf(file, place)), place);
  return file;
}

/**
 * The content of a safetensors file, and whether it has a checksum.
 * @throws UnusableFile where it is damaged, or no safetensors file
 */
export function readSealed(file: Uint8Array): Safetensors & { readonly isSealed: boolean } {
  const content = readSafetensors(file, MOST_HEADER_BYTES);
  const place = placeOfChecksum(file);
  const stated = content.metadata.get(KEY);
  const isSealed = place !== null && stated !== undefined;
  if (isSealed && stated !== checksumOf(file, place)) {
    throw new UnusableFile('is damaged: its checksum does not fit its content');
  }
  return { ...content, isSealed };
}
