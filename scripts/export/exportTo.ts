import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { counted } from '../../src/domain/counted';
import type { TrainingImages } from '../../src/engine/images/pictureCache';
import type { Checkpoint } from '../../src/engine/run/checkpoint/checkpoint';
import { readCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { EmbeddingTable } from '../../src/engine/run/export/embeddingTable';
import { encoderFiles } from '../../src/engine/run/export/encoderFiles';
import { type EncoderWeights, encoderOf } from '../../src/engine/run/export/encoderWeights';
import { FrozenEncoder } from '../../src/engine/run/export/frozenEncoder';
import { imagesCsv } from '../../src/engine/run/export/imageTable';
import { npyHeader } from '../../src/formats/npy';
import { correctionsOf } from '../experiment/options';
import { type NewFiles, writingNewFiles } from '../node/newFiles';
import { startEngineOrAnother } from '../node/nodeEngine';
import { projectIn } from '../node/projectIn';
import { UsageError } from '../node/usageError';
import { EmbeddingProgress } from './progress';
import {
  allImages,
  bytesOf,
  encoderOfCheckpoint,
  imagesOfCheckpoint,
  namingWeights,
  ownImages,
  sampleOf,
} from './runOfCheckpoint';

const REMEDY = 'Name a project file, or a checkpoint that npm run experiment has written with --checkpoint.';

export interface ExportOptions {
  /** The path of a project file or of a checkpoint. */
  readonly file: string;
  /** The path of a folder, which is made where it is new. */
  readonly out: string;
  /** A sample, or the path of a folder or an archive: the images to embed. */
  readonly dataset: string | undefined;
  /** Corrections of its folders, as text. */
  readonly folders: string | undefined;
}

/**
 * The images of the checkpoint's run, on which BN's statistics are measured, and those to embed. The former are null where the checkpoint
 * holds the statistics, the latter without --dataset.
 */
interface Images {
  readonly run: TrainingImages | null;
  readonly embedded: TrainingImages | null;
}

async function imagesFor(
  checkpoint: Checkpoint,
  dataset: string | undefined,
  folders: string | undefined,
): Promise<Images> {
  const { config, measuredWith } = checkpoint;
  const corrections = correctionsOf({ folders });
  const toEmbed = async () => (dataset === undefined ? null : allImages(dataset, config, corrections));
  if (measuredWith !== null) return { run: null, embedded: await toEmbed() };
  const sample = sampleOf(checkpoint);
  if (sample === null || sample === dataset) {
    if (dataset === undefined) {
      throw new UsageError(
        `The checkpoint's run has images of its own, on which BN's statistics are measured: name ${ownImages(checkpoint)} with --dataset.`,
      );
    }
    const run = await imagesOfCheckpoint(checkpoint, dataset, corrections);
    return { run, embedded: run };
  }
  return { run: await imagesOfCheckpoint(checkpoint, sample), embedded: await toEmbed() };
}

async function writeEmbeddings(files: NewFiles, folder: string, images: TrainingImages, weights: EncoderWeights) {
  const encoder = new FrozenEncoder(weights);
  const progress = new EmbeddingProgress(images.count);
  const table = new EmbeddingTable(images, encoder.outputDim !== null);
  const at = (name: string) => join(folder, name);
  for (const piece of imagesCsv(images)) files.append(at('embeddings.csv'), piece);
  files.append(at('embeddings.npy'), npyHeader([images.count, encoder.featureDim]));
  for await (const block of encoder.embed(images)) {
    const { data, n } = block.features;
    files.append(at('embeddings.npy'), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    for (const piece of table.add(block)) files.append(at('embeddings.parquet'), piece);
    progress.done(block.start + n);
  }
  for (const piece of table.finish()) files.append(at('embeddings.parquet'), piece);
  encoder.dispose();
}

/**
 * Writes the encoder of a checkpoint for other tools, and the embeddings of images.
 * @throws Error saying what is wrong, with which file, and what to do; nothing is written then
 */
export async function exportTo({ file, out, dataset, folders }: ExportOptions): Promise<void> {
  const place = await stat(out).catch(() => null);
  if (place !== null && !place.isDirectory()) throw new UsageError(`--out ${out} is a file: name a folder.`);
  const found = await stat(file).catch(() => null);
  const size = found?.isFile() === true ? found.size : 0;
  const checkpoint = await namingWeights(
    file,
    async () => (await projectIn(file, size)) ?? readCheckpoint(bytesOf(file, REMEDY)),
  );
  const { engine: before, step, config } = checkpoint;
  const { run, embedded } = await imagesFor(checkpoint, dataset, folders);
  const engine = await startEngineOrAnother(before.engine, before.threads || undefined);
  console.log(
    `${file}: step ${step} of ${config.totalSteps}, ${config.method}, ${config.backbone}, images of ${checkpoint.dataset.name}; on ${engine.engine}: ${engine.description}`,
  );
  await writingNewFiles(async (files) => {
    const weights = await namingWeights(file, () =>
      run === null ? encoderOf(checkpoint) : encoderOfCheckpoint(checkpoint, run, engine),
    );
    for (const [name, content] of encoderFiles(weights)) files.append(join(out, name), content);
    if (embedded !== null) await writeEmbeddings(files, out, embedded, weights);
  });
  console.log(
    `written to ${out}${embedded === null ? '' : `, with the embeddings of ${counted(embedded.count, 'image')}`}`,
  );
}
