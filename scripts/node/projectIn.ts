import { IMAGE_INDEX } from '../../src/domain/imageIndex';
import type { Checkpoint } from '../../src/engine/run/checkpoint/checkpoint';
import { ENTRIES } from '../../src/engine/run/project/projectFile';
import { readProjectRun } from '../../src/engine/run/project/readRun';
import { beginsAsZip } from '../../src/formats/archives';
import { readBytes } from '../../src/formats/byteSource';
import { openPackedFolder, type PackedFolder } from '../../src/formats/zip/packedFolder';
import { FileSource } from './fileSource';

const ZIP_START = 4;

/** The folder in a project file; null where the file is none. `size`: of the file in bytes; 0 where it is missing or no file. */
async function folderIn(file: string, size: number): Promise<PackedFolder | null> {
  const source = new FileSource(file, size);
  if (size === 0 || !beginsAsZip(await readBytes(source, 0, ZIP_START))) return null;
  return openPackedFolder(source, ENTRIES.project);
}

/**
 * The checkpoint in a project file; null where the file is none.
 * @param size of the file in bytes; 0 where it is missing or no file
 * @throws UnusableFile where the project file is damaged
 */
export async function projectIn(file: string, size: number): Promise<Checkpoint | null> {
  const folder = await folderIn(file, size);
  return folder === null ? null : (await readProjectRun(folder)).checkpoint;
}

/** Whether a file is a project file that holds the images of its run. @throws UnusableFile where it is a damaged archive */
export async function holdsImages(file: string, size: number): Promise<boolean> {
  const folder = await folderIn(file, size);
  return folder?.entries.has(IMAGE_INDEX) === true;
}
