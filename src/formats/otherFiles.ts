import { refuseArchive } from './archives';
import { UnusableFile } from './unusableFile';

const AGAIN = 'download it again';

/** Beginnings of binary files that are no images, one character a byte, and what they are. */
const BINARY: readonly (readonly [at: number, bytes: string, what: string])[] = [
  [0, '%PDF-', 'is a PDF, not an image: save its pages as JPEG or PNG'],
  [0, '\x1a\x45\xdf\xa3', 'is a video (WebM or Matroska)'],
  [8, 'AVI ', 'is a video (AVI)'],
  [8, 'WAVE', 'is a sound file'],
  [0, '\0\0\x01\xba', 'is a video (MPEG)'],
  [0, '\0\0\x01\xb3', 'is a video (MPEG)'],
  [0, 'FLV\x01', 'is a video (Flash)'],
  [0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'is a video or sound file (Windows Media)'],
  [0, 'OggS', 'is a video or sound file (Ogg)'],
  [0, 'ID3', 'is a sound file'],
  [0, 'fLaC', 'is a sound file'],
  [4, 'moov', 'is a video (QuickTime)'],
  [4, 'mdat', 'is a video (QuickTime)'],
  [0, '\x93NUMPY', 'is an array of NumPy (.npy), not an image'],
  [0, '\x89HDF\r\n', 'is an HDF5 file, not an image'],
  [0, 'PAR1', 'is a Parquet table, not an image'],
  [0, 'SQLite format 3', 'is a database, not an image'],
];

/** Brands of ISO base media files that are images; all others are videos or sound. */
const IMAGE_BRANDS = /avif|avis|hei[cmsx]|hev[cmx]|hevs|mif[12]|msf1|miaf|jp2 |jpx |jxl |crx /;

function spellsAt(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function binaryKind(bytes: Uint8Array): string | null {
  const known = BINARY.find(([at, text]) => spellsAt(bytes, at, text))?.[2];
  if (known !== undefined) return known.includes(':') || known.includes('not an') ? known : `${known}, not an image`;
  if (!spellsAt(bytes, 4, 'ftyp')) return null;
  const brands = String.fromCharCode(...bytes.subarray(8, Math.min(bytes.length, 64)));
  return IMAGE_BRANDS.test(brands) ? null : 'is a video, not an image: save single frames as JPEG or PNG';
}

/** The first characters of a text file, in UTF-8 or UTF-16; empty for a binary file. */
function textOf(bytes: Uint8Array): string {
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const decoder = new TextDecoder(isWide ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8');
  const text = decoder.decode(bytes.subarray(0, 1024));
  return text.includes('\0') ? '' : text.trimStart();
}

function textKind(bytes: Uint8Array): string | null {
  const text = textOf(bytes);
  if (text.startsWith('version https://git-lfs.github.com/spec/')) {
    return 'is a Git LFS pointer, not the image itself: run “git lfs pull” where it came from, then drop the folder again';
  }
  // SVG is named by the reader of images.
  if (/^</.test(text) && /<svg[\s>]/i.test(text)) return null;
  if (/^(<\?xml\b[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!doctype\s+html|<html|<head|<body|<script|<title)\b/i.test(text)) {
    return `is a web page (HTML), such as the error page of a failed download: ${AGAIN}`;
  }
  if (/^<\?xml|^<(Error|Code|Message)\b/.test(text)) {
    return `is XML text, such as the error answer of a server, not an image: if it should be one, ${AGAIN}`;
  }
  if (/^(\{\s*("|\})|\[\s*[[{"\d\]-])/.test(text)) {
    return `is JSON text, such as the error answer of a server, not an image: if it should be one, ${AGAIN}`;
  }
  return null;
}

/**
 * Refuses a file that by its content is known to be no image, whatever its name: archives, web pages, error answers, pointers of Git
 * LFS, documents, videos.
 * @param bytes the whole file, or its beginning
 * @throws UnusableFile that says what it is and what to do; ArchiveFile for an archive
 */
export function refuseOtherFile(bytes: Uint8Array): void {
  refuseArchive(bytes);
  const kind = binaryKind(bytes) ?? textKind(bytes);
  if (kind !== null) throw new UnusableFile(kind);
}

const PICTURES: readonly (readonly [at: number, bytes: string])[] = [
  [0, '\xff\xd8\xff'],
  [0, '\x89PNG'],
  [0, 'GIF8'],
  [8, 'WEBP'],
  [0, 'BM'],
  [4, 'ftyp'],
];

/** Whether a file begins as an image does, whatever its name. */
export function beginsAsImage(head: Uint8Array): boolean {
  return PICTURES.some(([at, bytes]) => spellsAt(head, at, bytes));
}
