import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TrainingImages } from '../../src/engine/images/pictureCache';
import type { Checkpoint } from '../../src/engine/run/checkpoint/checkpoint';
import { CheckpointError } from '../../src/engine/run/checkpoint/checkpointError';
import { isCheckpoint, readCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { MOST_HEADER_BYTES } from '../../src/engine/run/checkpoint/sealedFile';
import { type EncoderWeights, encoderOf } from '../../src/engine/run/export/encoderWeights';
import { FrozenEncoder } from '../../src/engine/run/export/frozenEncoder';
import { imagesCsv } from '../../src/engine/run/export/imageTable';
import { refuseOtherModels } from '../../src/engine/run/export/otherModels';
import { readEncoder } from '../../src/engine/run/export/readEncoder';
import { formatBytes } from '../../src/formats/bytes';
import { npyHeader } from '../../src/formats/npy';
import { readSafetensors } from '../../src/formats/safetensors';
import { writingNewFiles } from '../node/newFiles';
import { startEngineOrAnother } from '../node/nodeEngine';
import { projectIn } from '../node/projectIn';
import { EmbeddingProgress } from './progress';
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

interface Embedded {
  readonly weights: EncoderWeights;
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

/**
 * Where the checkpoint does not hold BN's statistics, with the images of its run, on which they are measured: its sample, or else those to
 * embed.
 */
async function withCheckpoint(location: string, checkpoint: Checkpoint): Promise<Embedded> {
  if (checkpoint.measuredWith !== null) {
    const weights = encoderOf(checkpoint);
    const images = await allImages(location, checkpoint.config);
    await startEngineOrAnother(checkpoint.engine.engine);
    return { weights, images };
  }
  const sample = sampleOf(checkpoint);
  const run = await imagesOfCheckpoint(checkpoint, sample ?? location);
  const engine = await startEngineOrAnother(checkpoint.engine.engine);
  try {
    const weights = await encoderOfCheckpoint(checkpoint, run, engine);
    const isSame = (sample ?? location) === location;
    return { weights, images: isSame ? run : await allImages(location, checkpoint.config) };
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new Error(
      `${error.message} For other images write the encoder with npm run export, and name its encoder.safetensors with --weights.`,
    );
  }
}

async function embedded(location: string, path: string): Promise<Embedded> {
  const { file, size } = weightsFile(path);
  return namingWeights(file, async () => {
    const project = await projectIn(file, size);
    if (project !== null) return withCheckpoint(location, project);
    if (size > MOST_BYTES) {
      throw new Error(
        `${file} has ${formatBytes(size)}, and none of our networks has more than ${formatBytes(MOST_BYTES)}. ${REMEDY}`,
      );
    }
    const bytes = bytesOf(file, REMEDY);
    refuseOtherModels(bytes);
    if (isCheckpoint(readSafetensors(bytes, MOST_HEADER_BYTES).metadata))
      return withCheckpoint(location, readCheckpoint(bytes));
    const { encoder, notes } = readEncoder(bytes);
    for (const note of notes) console.log(note);
    const images = await allImages(location, encoder.config);
    await startEngineOrAnother(encoder.config.engine);
    return { weights: encoder, images };
  });
}

export interface EmbedOptions {
  /** A sample, or the path of a folder or an archive. */
  readonly location: string;
  /** The path of a file of weights, or of an exported folder. */
  readonly weights: string;
  /** The path of the .npy file; that of the .csv file follows from it. */
  readonly out: string;
  /** The most images embedded at once. */
  readonly batch?: number | undefined;
}

/**
 * Writes the features of images and their paths.
 * @returns the number of images and of features
 * @throws Error saying what is wrong, with which file, and what to do; nothing is written then
 */
export async function embedTo({ location, weights: path, out, batch }: EmbedOptions) {
  const place = await stat(dirname(out)).catch(() => null);
  if (place?.isDirectory() !== true)
    throw new Error(`--out ${out}: there is no folder ${dirname(out)}. Make it first.`);
  const { weights, images } = await embedded(location, path);
  const encoder = new FrozenEncoder(weights);
  const progress = new EmbeddingProgress(images.count);
  await writingNewFiles(async (files) => {
    files.append(out, npyHeader([images.count, encoder.featureDim]));
    for await (const { start, features } of encoder.embed(images, { batch })) {
      const { data, n } = features;
      files.append(out, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      progress.done(start + n);
    }
    for (const piece of imagesCsv(images)) files.append(out.replace(/\.npy$/, '.csv'), piece);
  });
  encoder.dispose();
  return { images: images.count, features: encoder.featureDim };
}
