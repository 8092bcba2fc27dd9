import type { Checkpoint } from '../../src/engine/run/checkpoint/checkpoint';
import { readCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { ENTRIES } from '../../src/engine/run/project/projectFile';
import { readProjectRun } from '../../src/engine/run/project/readRun';
import { beginsAsZip } from '../../src/formats/archives';
import type { ByteSource } from '../../src/formats/byteSource';
import { UnusableFile } from '../../src/formats/unusableFile';
import { isNamedInZip } from '../../src/formats/zip/namesInZip';
import { openPackedFolder, type PackedFolder } from '../../src/formats/zip/packedFolder';

function sourceOf(bytes: Uint8Array): ByteSource {
  // Not by the `slice` of a Buffer, which shares its memory.
  const slice = (start: number, end: number) => new Uint8Array(bytes.subarray(start, end)).buffer;
  return { size: bytes.length, slice: (start, end) => ({ arrayBuffer: async () => slice(start, end) }) };
}

/**
 * The checkpoint in a file: of its run, where it is a project file, or the file itself.
 * @throws UnusableFile where it is damaged or something else
 */
export async function checkpointIn(bytes: Uint8Array): Promise<Checkpoint> {
  if (!beginsAsZip(bytes)) return readCheckpoint(bytes);
  const folder = await openPackedFolder(sourceOf(bytes), ENTRIES.project);
  if (folder === null) throw new UnusableFile('is a .zip archive, but no project file');
  return (await readProjectRun(folder)).checkpoint;
}

/** The folder of a project file that holds the images of its run; null for any other file. */
export async function projectWithImages(file: ByteSource): Promise<PackedFolder | null> {
  if (!(await isNamedInZip(file, ENTRIES.project))) return null;
  const folder = await openPackedFolder(file, ENTRIES.project);
  return folder?.entries.has(ENTRIES.imageIndex) === true ? folder : null;
}
