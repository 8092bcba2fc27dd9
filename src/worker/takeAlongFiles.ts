import type { EngineInfo } from '../domain/engineInfo';
import type { TakenFile } from '../domain/takeAlong';
import type { TrainingImages } from '../engine/images/pictureCache';
import type { Checkpoint } from '../engine/run/checkpoint/checkpoint';
import { CheckpointError } from '../engine/run/checkpoint/checkpointError';
import { withMeasuredWith } from '../engine/run/checkpoint/measuredWith';
import { saveRun } from '../engine/run/checkpoint/saveRun';
import { writeEncoder } from '../engine/run/export/encoderFile';
import { transformersFiles } from '../engine/run/export/encoderFiles';
import { type EncoderWeights, encoderOf } from '../engine/run/export/encoderWeights';
import { findingColumns } from '../engine/run/export/findingColumns';
import { FrozenEncoder } from '../engine/run/export/frozenEncoder';
import { imagesCsv } from '../engine/run/export/imageTable';
import { onnxEncoder } from '../engine/run/export/onnxEncoder';
import { embeddingsNpy, embeddingsParquet } from '../engine/run/project/embeddingFiles';
import { projectFiles } from '../engine/run/project/writeProject';
import type { Trainer } from '../engine/run/trainer';
import { writeZip, type ZipFile } from '../formats/zip/writeZip';
import type { Replies } from '../protocol/commands';
import { CommandError } from './errors';
import { GrowingBlob } from './takeAlongBlob';
import { takenName } from './takeAlongNames';
import type { WorkPace } from './workPace';

/** What files are made of. */
export interface TakenFrom {
  /** The run, which waits; null where there is none. */
  readonly trainer: Trainer | null;
  /** An encoder that was opened from a file. */
  readonly opened: EncoderWeights | null;
  readonly images: TrainingImages;
  readonly engine: EngineInfo;
  readonly pace: WorkPace;
}

type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const ZIP = 'application/zip';
const BYTES = 'application/octet-stream';

/**
 * Makes a file.
 * @throws StoppedError where the pace stops it; CommandError where the run is about to diverge
 */
export async function makeFile(what: TakenFile, from: TakenFrom): Promise<Replies['takeAlong']> {
  await from.pace.between();
  const isOpened = what.kind === 'embeddings' && what.by === 'opened';
  const checkpoint = isOpened ? null : await checkpointOf(from);
  const weights = checkpoint === null ? from.opened : encoderOf(checkpoint);
  if (weights === null) throw new Error('there is no encoder');
  const name = takenName(what, from.images.name, weights.config, isOpened ? null : weights.step);
  return { name, file: await fileOf(what, weights, checkpoint, from) };
}

/** The run after its present step, with what its images are measured with. */
async function checkpointOf({ trainer, engine, pace }: TakenFrom): Promise<Checkpoint> {
  if (trainer === null) throw new Error('there is no run');
  try {
    const checkpoint = await saveRun(trainer, engine);
    await pace.between();
    return await withMeasuredWith(checkpoint, trainer);
  } catch (error) {
    if (error instanceof CheckpointError) throw new CommandError('no-checkpoint', error.message);
    throw error;
  }
}

async function fileOf(
  what: TakenFile,
  weights: EncoderWeights,
  checkpoint: Checkpoint | null,
  { images, pace }: TakenFrom,
): Promise<Blob> {
  await pace.between();
  if (what.kind === 'encoder') {
    if (what.format === 'safetensors') return collected([writeEncoder(weights)], BYTES, pace);
    if (what.format === 'onnx') return collected([onnxEncoder(weights)], BYTES, pace);
    return zipped(listed(transformersFiles(weights)), pace);
  }
  const encoder = new FrozenEncoder(weights);
  try {
    if (what.kind === 'project') {
      if (checkpoint === null) throw new Error('there is no run');
      const { facts, withImages } = what;
      return await zipped(projectFiles({ checkpoint, weights, encoder, images, facts, withImages, pace }), pace);
    }
    const more = what.findings == null ? [] : findingColumns(what.findings, images.names);
    if (what.format === 'parquet') return await collected(embeddingsParquet(images, encoder, pace, more), BYTES, pace);
    const files = [
      { path: 'embeddings.npy', content: embeddingsNpy(images, encoder, pace) },
      { path: 'embeddings.csv', content: imagesCsv(images, more) },
    ];
    return await zipped(files, pace);
  } finally {
    encoder.dispose();
  }
}

const listed = (files: ReadonlyMap<string, Uint8Array>): ZipFile[] =>
  [...files].map(([path, content]) => ({ path, content }));

const zipped = (files: Parameters<typeof writeZip>[0], pace: WorkPace) =>
  collected(writeZip(files, new Date()), ZIP, pace);

async function collected(pieces: Pieces, type: string, pace: WorkPace): Promise<Blob> {
  const file = new GrowingBlob();
  for await (const piece of pieces) {
    file.add(piece);
    await pace.between();
  }
  return file.finish(type);
}
