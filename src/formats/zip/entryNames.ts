import { type CodePage, cp437, readCharacters } from './codePages';
import { crc32 } from './crc32';
import { guessCodePage } from './guessCodePage';
import { type DirectoryRecord, extraField, viewOf } from './records';

const FLAG_UTF8 = 0x800;
const EXTRA_UNICODE_PATH = 0x7075;

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function asUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

/** The name in the Unicode path field of Info-ZIP; null where there is none, or where it was made for another name. */
function unicodePath({ name, extra }: DirectoryRecord): string | null {
  const field = extraField(extra, EXTRA_UNICODE_PATH);
  if (field === null || field.length < 5 || field[0] !== 1) return null;
  return viewOf(field).getUint32(1, true) === crc32(name) ? asUtf8(field.subarray(5)) : null;
}

/** Archives made on Windows may have backslashes in paths. */
const withSlashes = (path: string) => path.replaceAll('\\', '/');

/** A name by a code page; null where some of its bytes have no character. A backslash separates only where it is a character of its own. */
function decode(bytes: Uint8Array, page: CodePage): string | null {
  let path = '';
  for (const { text } of readCharacters(bytes, page)) {
    if (text === null) return null;
    path += text === '\\' ? '/' : text;
  }
  return path;
}

/**
 * The paths of an archive's entries, with `/` between folders: by the Unicode path field (APPNOTE 4.6.9), else by the flag for UTF-8
 * (APPNOTE, appendix D), else as UTF-8 where all other names are valid UTF-8, which macOS and many tools write without the flag, else
 * by one code page for all of them.
 */
export function entryNames(records: readonly DirectoryRecord[]): string[] {
  const marked = records.map((record) => {
    const path = unicodePath(record) ?? (record.flags & FLAG_UTF8 ? asUtf8(record.name) : null);
    return path === null ? null : withSlashes(path);
  });
  const others = records.filter((_, i) => marked[i] === null).map(({ name }) => name);
  const page = others.every((name) => asUtf8(name) !== null) ? null : guessCodePage(others);
  return records.map(({ name }, i) => {
    const path = marked[i];
    if (path !== null) return path;
    if (page === null) return withSlashes(asUtf8(name) ?? '');
    // In code page 437 every byte has a character, so that different names stay different.
    return decode(name, page) ?? decode(name, cp437) ?? '';
  });
}
