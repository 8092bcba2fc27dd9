import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

/** The earliest time that a zip can hold. Times of files differ from build to build. */
const TIME = new Date(1980, 0, 1);
const UNIX = 3;
/** A regular file that everyone can read. */
const MODE = 0o100644;

/** The files below a folder, by path with slashes. */
export async function filesBelow(folder: string): Promise<Map<string, Uint8Array>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path).split(sep).join('/'), await readFile(path));
  }
  return files;
}

/** A zip of files by path: the same bytes for the same files, in whatever order they come. */
export function siteZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const options = { mtime: TIME, level: 9, os: UNIX, attrs: MODE << 16 } as const;
  const tree: Zippable = {};
  // By code units rather than by the rules of a language.
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [path, bytes] of sorted) tree[path] = [bytes, options];
  return zipSync(tree);
}

/** The checksum as `sha256sum --check` reads it. */
export function checksumLine(bytes: Uint8Array, name: string): string {
  return `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`;
}
