import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { WarmStart } from '../../src/domain/warmStart';
import { fingerprintOfWeights } from '../../src/domain/weightsFingerprint';
import type { TrainingImages } from '../../src/engine/images/pictureCache';
import type { Checkpoint } from '../../src/engine/run/checkpoint/checkpoint';
import { CheckpointError } from '../../src/engine/run/checkpoint/checkpointError';
import { isCheckpoint, readCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { MOST_HEADER_BYTES } from '../../src/engine/run/checkpoint/sealedFile';
import { type EncoderWeights, encoderOf } from '../../src/engine/run/export/encoderWeights';
import { refuseOtherModels } from '../../src/engine/run/export/otherModels';
import { readEncoder } from '../../src/engine/run/export/readEncoder';
import { formatBytes } from '../../src/formats/bytes';
import { readSafetensors } from '../../src/formats/safetensors';
import { startEngineOrAnother } from '../node/nodeEngine';
import { projectIn } from '../node/projectIn';
import { preprocessorBeside } from './preprocessorBeside';
import {
  allImages,
  bytesOf,
  encoderOfCheckpoint,
  imagesOfCheckpoint,
  namingWeights,
  sampleOf,
} from './runOfCheckpoint';

/** ResNet-18 takes 45 MB. */
const MOST_BYTES = 2 ** 31;

const REMEDY = 'Name encoder.safetensors of npm run export, a checkpoint or a project file.';

/** An encoder, and the images it is to embed; its engine is started. */
export interface WeightsAndImages {
  readonly weights: EncoderWeights;
  /** What the run of a checkpoint began with; null where it began with random weights, or where an encoder does not say. */
  readonly warmStart: WarmStart | null;
  readonly images: TrainingImages;
}

/** The file of weights that a path names, itself or that in an exported folder, and its size in bytes. */
function weightsFile(path: string): { readonly file: string; readonly size: number } {
  const named = statSync(path, { throwIfNoEntry: false });
  const file = named?.isDirectory() === true ? join(path, 'encoder.safetensors') : path;
  const found = file === path ? named : statSync(file, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new Error(
      file === path ? `${path}: no such file. ${REMEDY}` : `${path} holds no encoder.safetensors. ${REMEDY}`,
    );
  }
  if (!found.isFile()) throw new Error(`${file} is no file. ${REMEDY}`);
  return { file, size: found.size };
}

/** An encoder and its file. */
export interface WeightsFile {
  readonly weights: EncoderWeights;
  readonly file: string;
  /** As `fingerprintOfWeights` has it. */
  readonly fingerprint: string;
}

/**
 * An encoder without images, such as the weights that a run began with.
 * @param path of a file of weights, or of an exported folder
 * @throws Error saying what is wrong, with which file, and what to do
 */
export async function weightsAlone(path: string): Promise<WeightsFile> {
  const { file, size } = weightsFile(path);
  return namingWeights(file, async () => {
    expectSize(file, size);
    const bytes = bytesOf(file, REMEDY);
    refuseOtherModels(bytes);
    const fingerprint = await fingerprintOfWeights(Uint8Array.from(bytes));
    if (!isCheckpoint(readSafetensors(bytes, MOST_HEADER_BYTES).metadata)) {
      return { weights: readEncoder(bytes, preprocessorBeside(file)).encoder, file, fingerprint };
    }
    const checkpoint = readCheckpoint(bytes);
    if (checkpoint.measuredWith !== null) return { weights: encoderOf(checkpoint), file, fingerprint };
    throw new Error(
      `${file} is a checkpoint that does not hold BN's statistics of its images. Write its encoder with npm run export, and name its encoder.safetensors.`,
    );
  });
}

function expectSize(file: string, size: number): void {
  if (size <= MOST_BYTES) return;
  throw new Error(
    `${file} has ${formatBytes(size)}, and none of our networks has more than ${formatBytes(MOST_BYTES)}. ${REMEDY}`,
  );
}

/**
 * Where the checkpoint does not hold BN's statistics, with the images of its run, on which they are measured: its sample, or else those to
 * embed.
 */
async function withCheckpoint(location: string, checkpoint: Checkpoint): Promise<WeightsAndImages> {
  const { warmStart = null } = checkpoint;
  if (checkpoint.measuredWith !== null) {
    const weights = encoderOf(checkpoint);
    const images = await allImages(location, checkpoint.config);
    await startEngineOrAnother(checkpoint.engine.engine);
    return { weights, images, warmStart };
  }
  const sample = sampleOf(checkpoint);
  const run = await imagesOfCheckpoint(checkpoint, sample ?? location);
  const engine = await startEngineOrAnother(checkpoint.engine.engine);
  try {
    const weights = await encoderOfCheckpoint(checkpoint, run, engine);
    const isSame = (sample ?? location) === location;
    return { weights, images: isSame ? run : await allImages(location, checkpoint.config), warmStart };
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new Error(
      `${error.message} For other images write the encoder with npm run export, and name its encoder.safetensors with --weights.`,
    );
  }
}

/**
 * Reads an encoder and images, and starts an engine.
 * @param location a sample, or the path of a folder or an archive
 * @param path of a file of weights, or of an exported folder
 * @throws Error saying what is wrong, with which file, and what to do
 */
export async function weightsAndImages(location: string, path: string): Promise<WeightsAndImages> {
  const { file, size } = weightsFile(path);
  return namingWeights(file, async () => {
    const project = await projectIn(file, size);
    if (project !== null) return withCheckpoint(location, project);
    expectSize(file, size);
    const bytes = bytesOf(file, REMEDY);
    refuseOtherModels(bytes);
    if (isCheckpoint(readSafetensors(bytes, MOST_HEADER_BYTES).metadata))
      return withCheckpoint(location, readCheckpoint(bytes));
    const { encoder, notes } = readEncoder(bytes, preprocessorBeside(file));
    for (const note of notes) console.log(note);
    const images = await allImages(location, encoder.config);
    await startEngineOrAnother(encoder.config.engine);
    return { weights: encoder, images, warmStart: null };
  });
}
