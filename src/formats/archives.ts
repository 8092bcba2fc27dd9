import { UnusableFile } from './unusableFile';

/** What to do with an archive that cannot be read. */
export const UNPACK_FIRST = 'unpack it first, then drop the folder, or pack it again as .zip';

/** Bytes at the start of a file that are enough for `archiveIn`. */
export const ARCHIVE_HEAD_BYTES = 512;

/** A file that is an archive by its content. */
export class ArchiveFile extends UnusableFile {
  /** @param isZip whether it is a .zip archive, which can be read where it is not inside another archive */
  constructor(
    message: string,
    readonly isZip: boolean,
  ) {
    super(message);
  }
}

interface Signature {
  readonly at?: number;
  readonly bytes: string;
  readonly kind: string;
}

/** Beginnings of archives other than .zip, one character a byte. */
const SIGNATURES: readonly Signature[] = [
  { bytes: '\x1f\x8b', kind: '.gz or .tar.gz' },
  { bytes: '\x1f\x9d', kind: '.Z' },
  { bytes: '7z\xbc\xaf\x27\x1c', kind: '.7z' },
  { bytes: 'Rar!\x1a\x07', kind: '.rar' },
  { bytes: 'BZh', kind: '.bz2 or .tar.bz2' },
  { bytes: '\xfd7zXZ\0', kind: '.xz or .tar.xz' },
  { bytes: '\x28\xb5\x2f\xfd', kind: '.zst or .tar.zst' },
  { bytes: '\x04\x22\x4d\x18', kind: '.lz4' },
  { bytes: 'LZIP', kind: '.lz' },
  { bytes: '\x5d\0\0', kind: '.lzma' },
  { bytes: 'MSCF', kind: '.cab' },
  { bytes: 'xar!', kind: '.pkg or .xar' },
  { bytes: '\xed\xab\xee\xdb', kind: '.rpm' },
  { bytes: '!<arch>\n', kind: '.ar' },
  { bytes: 'ustar', at: 257, kind: '.tar' },
];

/** Documents and programs that are packed as .zip, by the name of their first file. */
const PACKED_DOCUMENTS: readonly (readonly [RegExp, string])[] = [
  [/^(\[Content_Types\]\.xml|_rels\/|docProps\/)/, 'is an Office document'],
  [/^mimetypeapplication\/(vnd\.oasis|epub)/, 'is a document'],
  [/^(META-INF\/|AndroidManifest)/, 'is a program'],
];

function starts(head: Uint8Array, { at = 0, bytes }: Signature): boolean {
  if (head.length < at + bytes.length) return false;
  for (let i = 0; i < bytes.length; i++) if (head[at + i] !== bytes.charCodeAt(i)) return false;
  return true;
}

/** Whether a file begins as a .zip archive does: with a file, empty, or as the first part of a split archive. */
export function beginsAsZip(head: Uint8Array): boolean {
  return ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08', 'PK00PK\x03\x04'].some((bytes) =>
    starts(head, { bytes, kind: '' }),
  );
}

/** Whether a block is the header of a .tar file from before 1988, which has no signature but a checksum. */
function isOldTar(head: Uint8Array): boolean {
  if (head.length < 512 || head[0] === 0) return false;
  const text = String.fromCharCode(...head.subarray(148, 156));
  if (!/^ *[0-7]{1,6}[\0 ]/.test(text)) return false;
  let sum = 8 * 32;
  for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += head[i];
  return sum === Number.parseInt(text.trim(), 8);
}

/** What a document that is packed as .zip is, from its first file; null for an archive of files. */
function packedDocument(head: Uint8Array): string | null {
  const first = String.fromCharCode(...head.subarray(30, 90));
  return PACKED_DOCUMENTS.find(([pattern]) => pattern.test(first))?.[1] ?? null;
}

/**
 * Refuses a file that is an archive by its content, whatever its name.
 * @param head the beginning of the file, `ARCHIVE_HEAD_BYTES` or more
 * @throws ArchiveFile with what to do; UnusableFile for a document that is packed as .zip
 */
export function refuseArchive(head: Uint8Array): void {
  if (beginsAsZip(head)) {
    const document = packedDocument(head);
    if (document !== null) throw new UnusableFile(`${document}, not an image: save its pictures as files`);
    throw new ArchiveFile(`is an archive inside an archive: ${UNPACK_FIRST}`, true);
  }
  const kind = SIGNATURES.find((signature) => starts(head, signature))?.kind ?? (isOldTar(head) ? '.tar' : null);
  if (kind !== null) throw new ArchiveFile(`is a ${kind} archive, which cannot be read here: ${UNPACK_FIRST}`, false);
}
