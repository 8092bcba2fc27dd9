import { readFileSync } from 'node:fs';
import { counted } from '../../src/domain/counted';
import type { EngineInfo } from '../../src/domain/engineInfo';
import type { FolderCorrections } from '../../src/domain/folderCorrections';
import { SAMPLE_IDS, SAMPLE_VERSIONS } from '../../src/domain/imageDataset';
import type { RunConfig } from '../../src/domain/runConfig';
import type { TrainingImages } from '../../src/engine/images/pictureCache';
import type { Checkpoint } from '../../src/engine/run/checkpoint/checkpoint';
import { resumeRun } from '../../src/engine/run/checkpoint/resumeRun';
import { type EncoderWeights, encoderWeights } from '../../src/engine/run/export/encoderWeights';
import { UnusableFile } from '../../src/formats/unusableFile';
import { imagesOfRun } from '../node/imagesOfRun';

/** Runs `work`, and names the file in what it throws because the file cannot be used. */
export async function namingWeights<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new Error(`${file} ${error.message.trimEnd()}${/\n/.test(error.message) ? '\n' : '. '}Nothing was written.`);
  }
}

/** The bytes of a file. @throws Error naming it and saying what to do */
export function bytesOf(file: string, remedy: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file} cannot be read: ${reason}. ${remedy}`);
  }
}

const MISFIT = '--folders names places that this folder does not have.';

/** Where the images of a checkpoint's run are: its sample; null for a person's own. */
export const sampleOf = ({ dataset }: Checkpoint): string | null => dataset.sample;

export const ownImages = ({ dataset: { name, count } }: Checkpoint) => `“${name}” (${counted(count, 'image')})`;

/** The images of a checkpoint's run, as they were in it. */
export async function imagesOfCheckpoint(
  { config }: Checkpoint,
  location: string,
  corrections: FolderCorrections = [],
): Promise<TrainingImages> {
  const { images, plan } = await imagesOfRun(location, config, corrections);
  if (plan?.isMisfit === true) throw new Error(MISFIT);
  return images;
}

/**
 * The encoder of a checkpoint, with BN's statistics on the images of its run, where it does not hold them itself.
 * @throws CheckpointError when these are not the images of its run; UnusableFile when the checkpoint does not fit its own settings
 */
export async function encoderOfCheckpoint(
  checkpoint: Checkpoint,
  images: TrainingImages,
  engine: EngineInfo,
): Promise<EncoderWeights> {
  const { trainer } = await resumeRun(checkpoint, images, engine, () => undefined, { isSoftware: engine.isSoftware });
  try {
    return await encoderWeights(checkpoint, trainer);
  } finally {
    trainer.dispose();
  }
}

/** All images at a location, as a network of these settings gets them. */
export async function allImages(
  location: string,
  config: RunConfig,
  corrections: FolderCorrections = [],
): Promise<TrainingImages> {
  const id = SAMPLE_IDS.find((sample) => sample === location);
  const sample = id === undefined || id === config.dataset ? config.sample : SAMPLE_VERSIONS[id];
  const { images, plan } = await imagesOfRun(location, { ...config, sample, batchSize: 0, images: 0 }, corrections);
  if (plan?.isMisfit === true) throw new Error(MISFIT);
  return images;
}
