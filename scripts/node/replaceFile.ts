import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/**
 * Writes a file in place of the one that is there, if any. It is written beside it and renamed, so that whoever reads the path finds the
 * file before or the whole new one, also when this process or the machine stops meanwhile.
 * @throws Error of the file system, with the path; the file that is there is kept then
 */
export function replaceFile(file: string, bytes: Uint8Array): void {
  const whole = `${file}.${process.pid}.part`;
  try {
    const opened = openSync(whole, 'w');
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(opened, bytes, at);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    renameSync(whole, file);
  } catch (error) {
    rmSync(whole, { force: true });
    throw error;
  }
}
