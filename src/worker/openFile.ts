import { checkProjectImages, projectInfo, readProjectImages } from '../data/project/projectImages';
import { indicesOf, TRAIN } from '../domain/imageDataset';
import type { OpenedFile, PageFacts } from '../domain/takeAlong';
import { fingerprintOfWeights } from '../domain/weightsFingerprint';
import type { Checkpoint } from '../engine/run/checkpoint/checkpoint';
import { isCheckpoint, readCheckpoint } from '../engine/run/checkpoint/checkpointFile';
import { readSealed } from '../engine/run/checkpoint/sealedFile';
import type { EncoderWeights } from '../engine/run/export/encoderWeights';
import { refuseOtherModels } from '../engine/run/export/otherModels';
import { readEncoder } from '../engine/run/export/readEncoder';
import { expectTensors } from '../engine/run/project/expectTensors';
import { ENTRIES } from '../engine/run/project/projectFile';
import {
  expectImagesOf,
  identityIn,
  MOST_CHECKPOINT_BYTES,
  naming,
  readProjectRun,
} from '../engine/run/project/readRun';
import { beginsAsZip } from '../formats/archives';
import { type ByteSource, readBytes } from '../formats/byteSource';
import { formatBytes } from '../formats/bytes';
import { UnusableFile } from '../formats/unusableFile';
import { openPackedFolder, type PackedFolder } from '../formats/zip/packedFolder';
import { StorageError } from '../storage/runStorage';
import { factsOf } from './encoderFacts';
import { CommandError } from './errors';
import type { OpenedRun } from './keptRuns';
import type { WeightsFile } from './openedEncoder';

/** What opening a file needs. */
export interface OpeningParts {
  /** Runs work that needs an engine between the commands that replace it. @throws CommandError where none runs */
  withEngine<T>(work: () => T): Promise<T>;
  /** Keeps a run. @throws StorageError */
  adopt(run: OpenedRun, file: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Receives an encoder. */
  hold(encoder: EncoderWeights, file: WeightsFile): void;
  /** Receives how much of the file was checked, in bytes or images. */
  onProgress(done: number, total: number): void;
}

/** What is asked for by the page's command. */
export interface FileToOpen {
  readonly file: ByteSource;
  readonly name: string;
  readonly keptId: string;
}

/**
 * Opens a project file, a checkpoint or an encoder. All of it is checked first; where something does not fit, nothing is kept.
 * @throws CommandError `unusable-file`, naming the file, what is wrong with it and what to do
 */
export async function openFile({ file, name, keptId }: FileToOpen, parts: OpeningParts): Promise<OpenedFile> {
  try {
    return await opened(readable(file), name, keptId, parts);
  } catch (error) {
    if (error instanceof UnusableFile) throw unusable(name, error.message);
    if (error instanceof StorageError) {
      throw unusable(
        name,
        'cannot be kept: the browser gives this page no more space. Delete kept runs in the table of runs, or free space on this computer, and open it again',
      );
    }
    if (error instanceof RangeError) throw unusable(name, 'takes more memory than this browser gives');
    throw error;
  }
}

/** @param reason the rest of a sentence about the file; one that lists tensors has a line for each */
function unusable(name: string, reason: string): CommandError {
  const isList = reason.includes('\n');
  const text = `“${name}” ${reason.trimEnd()}${isList ? '\n' : '. '}Nothing on the page was replaced.`;
  return new CommandError('unusable-file', text);
}

/** The same bytes. Where they cannot be read, as those of a folder or of a file that was moved, it is said. */
function readable(file: ByteSource): ByteSource {
  const read = async (start: number, end: number) => {
    try {
      return await file.slice(start, end).arrayBuffer();
    } catch (error) {
      if (error instanceof RangeError) throw error;
      throw new UnusableFile('could not be read: it may be a folder, or have been moved, changed or deleted');
    }
  };
  return { size: file.size, slice: (start, end) => ({ arrayBuffer: () => read(start, end) }) };
}

async function opened(file: ByteSource, name: string, keptId: string, parts: OpeningParts): Promise<OpenedFile> {
  if (file.size === 0) throw new UnusableFile('is empty (0 bytes)');
  // PyTorch and Keras pack their models as .zip.
  if (!beginsAsZip(await readBytes(file, 0, 4)) || MODEL_NAME.test(name)) return openWeights(file, name, keptId, parts);
  const folder = await openPackedFolder(file, ENTRIES.project);
  return folder === null ? { kind: 'other' } : openProject(folder, keptId, parts);
}

async function openProject(folder: PackedFolder, keptId: string, parts: OpeningParts): Promise<OpenedFile> {
  const { project, checkpoint, file } = await readProjectRun(folder);
  const { name, created, dataset, evaluation, hasImages } = project;
  const images = hasImages ? await readProjectImages(folder) : null;
  const info = images && projectInfo(images);
  if (info !== null) expectImagesOf(checkpoint, info);
  const trainImages = info && indicesOf(info, TRAIN).length;
  await parts.withEngine(() => naming(ENTRIES.checkpoint, () => expectTensors(checkpoint, trainImages)));
  if (images !== null) {
    await checkProjectImages(images, (done) => parts.onProgress(done, images.entries.length));
  }
  return keep(checkpoint, file, keptId, { name, created, dataset, evaluation }, hasImages, parts);
}

/** A checkpoint or an encoder. */
async function openWeights(source: ByteSource, name: string, keptId: string, parts: OpeningParts): Promise<OpenedFile> {
  refuseOtherModels(await readBytes(source, 0, HEAD_BYTES));
  if (source.size > MOST_CHECKPOINT_BYTES) {
    throw new UnusableFile(
      `is of something else: it has ${formatBytes(source.size)}, and such a file has at most ${formatBytes(MOST_CHECKPOINT_BYTES)}`,
    );
  }
  const file = await readBytes(source, 0, source.size);
  if (!isCheckpoint(readSealed(file).metadata)) return openEncoder(file, name, parts);
  const checkpoint = readCheckpoint(file);
  const dataset = identityIn(checkpoint);
  await parts.withEngine(() => expectTensors(checkpoint, null));
  return keep(checkpoint, file, keptId, { name: null, created: Date.now(), dataset, evaluation: null }, false, parts);
}

const MODEL_NAME = /\.(pt|pth|ckpt|keras)$/i;

/** Bytes at the beginning of a file that tell most kinds of files apart. */
const HEAD_BYTES = 512;

async function openEncoder(file: Uint8Array<ArrayBuffer>, name: string, parts: OpeningParts): Promise<OpenedFile> {
  const { encoder, notes, isNormalisationStated } = readEncoder(file);
  // The browser has no `subtle` on a page without https.
  const fingerprint = crypto.subtle === undefined ? null : await fingerprintOfWeights(file);
  parts.hold(encoder, { name, fingerprint });
  return { kind: 'encoder', ...factsOf(encoder), notes, isNormalisationStated };
}

async function keep(
  checkpoint: Checkpoint,
  file: Uint8Array,
  id: string,
  facts: PageFacts,
  hasImages: boolean,
  parts: OpeningParts,
): Promise<OpenedFile> {
  const { step, config, changes } = checkpoint;
  // A copy without the archive that the bytes may be a part of.
  const own = new Uint8Array(file);
  await parts.adopt({ id, config, changes: changes.made, dataset: facts.dataset, step }, own);
  return { kind: 'run', id, config, changes: [...changes.made, ...changes.planned], step, hasImages, ...facts };
}
