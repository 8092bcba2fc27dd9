import { type ByteSource, readBytes } from '../byteSource';
import { UnusableFile } from '../unusableFile';
import { findDirectory } from './findDirectory';

/** Bytes that are searched at once: less than a millisecond. */
const PIECE = 2 ** 20;

/**
 * Whether the list of files of a .zip archive names a file that ends in `name` (ASCII). The list is searched as bytes, piece by piece, so that
 * one with a million files does not block the page. false where there is no list.
 */
export async function isNamedInZip(archive: ByteSource, name: string): Promise<boolean> {
  try {
    const { start, end } = await findDirectory(archive);
    // Every byte is a character of its own.
    const latin1 = new TextDecoder('latin1');
    for (let at = start; at < end; at += PIECE) {
      const piece = await readBytes(archive, at, Math.min(end, at + PIECE + name.length - 1));
      if (latin1.decode(piece).includes(name)) return true;
    }
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
  }
  return false;
}
