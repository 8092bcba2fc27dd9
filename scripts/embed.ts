import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { counted } from '../src/domain/counted';
import { SAMPLE_IDS, SAMPLE_VERSIONS } from '../src/domain/imageDataset';
import type { RunConfig } from '../src/domain/runConfig';
import type { TrainingImages } from '../src/engine/images/pictureCache';
import type { Checkpoint } from '../src/engine/run/checkpoint/checkpoint';
import { CheckpointError } from '../src/engine/run/checkpoint/checkpointError';
import { isCheckpoint, readCheckpoint } from '../src/engine/run/checkpoint/checkpointFile';
import type { EncoderWeights } from '../src/engine/run/export/encoderWeights';
import { FrozenEncoder } from '../src/engine/run/export/frozenEncoder';
import { imagesCsv } from '../src/engine/run/export/imageTable';
import { refuseOtherModels } from '../src/engine/run/export/otherModels';
import { readEncoder } from '../src/engine/run/export/readEncoder';
import { formatBytes } from '../src/formats/bytes';
import { npyHeader } from '../src/formats/npy';
import { readSafetensors } from '../src/formats/safetensors';
import { UsageError } from './experiment/options';
import { EmbeddingProgress } from './export/progress';
import { bytesOf, encoderOfCheckpoint, imagesOfCheckpoint, namingWeights, sampleOf } from './export/runOfCheckpoint';
import { imagesOfRun } from './node/imagesOfRun';
import { writingNewFiles } from './node/newFiles';
import { startNodeEngine } from './node/nodeEngine';

const USAGE = `npm run embed -- SAMPLE|FOLDER|ZIP --weights FILE --out FILE.npy [--batch N]
Writes the features of images, float32 [images, features], and beside it FILE.csv with their paths, classes and splits in the same order.
--weights: encoder.safetensors of npm run export, or the folder that holds it; a checkpoint; or the safetensors file of a ResNet with
torchvision's names that has the layers of one of our backbones. --batch: images embedded at once; no result depends on it.`;

/** ResNet-18 takes 45 MB. */
const MOST_BYTES = 2 ** 31;

const REMEDY = 'Name encoder.safetensors of npm run export, or a checkpoint.';

interface Embedded {
  readonly weights: EncoderWeights;
  readonly images: TrainingImages;
}

/** The file of weights that a path names: itself, or that in an exported folder. */
function weightsFile(path: string): string {
  const named = statSync(path, { throwIfNoEntry: false });
  const file = named?.isDirectory() === true ? join(path, 'encoder.safetensors') : path;
  const found = file === path ? named : statSync(file, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new Error(
      file === path ? `${path}: no such file. ${REMEDY}` : `${path} holds no encoder.safetensors. ${REMEDY}`,
    );
  }
  if (!found.isFile()) throw new Error(`${file} is no file. ${REMEDY}`);
  if (found.size > MOST_BYTES) {
    throw new Error(
      `${file} has ${formatBytes(found.size)}, and none of our networks has more than ${formatBytes(MOST_BYTES)}. ${REMEDY}`,
    );
  }
  return file;
}

/** All images at a location, as a network of these settings gets them. */
async function allImages(location: string, config: RunConfig): Promise<TrainingImages> {
  const id = SAMPLE_IDS.find((sample) => sample === location);
  const sample = id === undefined || id === config.dataset ? config.sample : SAMPLE_VERSIONS[id];
  return (await imagesOfRun(location, { ...config, sample, batchSize: 0, images: 0 }, [])).images;
}

/** With the images of the checkpoint's run, on which BN's statistics are measured: its sample, or else those to embed. */
async function withCheckpoint(location: string, checkpoint: Checkpoint): Promise<Embedded> {
  const sample = sampleOf(checkpoint);
  const run = await imagesOfCheckpoint(checkpoint, sample ?? location);
  const engine = await startNodeEngine('auto');
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

async function embedded(location: string, file: string): Promise<Embedded> {
  const bytes = bytesOf(file, REMEDY);
  return namingWeights(file, async () => {
    refuseOtherModels(bytes);
    if (isCheckpoint(readSafetensors(bytes).metadata)) return withCheckpoint(location, readCheckpoint(bytes));
    const { encoder, notes } = readEncoder(bytes);
    for (const note of notes) console.log(note);
    const images = await allImages(location, encoder.config);
    await startNodeEngine('auto');
    return { weights: encoder, images };
  });
}

function batchOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(`--batch ${text}: write a whole number of images, 1 or more.`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      weights: { type: 'string' },
      out: { type: 'string' },
      batch: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [location, another] = positionals;
  const { weights: path, out } = values;
  if (location === undefined || another !== undefined) throw new UsageError('Name one folder, archive or sample.');
  if (path === undefined) throw new UsageError('Name the weights with --weights.');
  if (out === undefined || !out.endsWith('.npy')) throw new UsageError('Name a file that ends in .npy with --out.');
  const batch = batchOf(values.batch);
  const place = await stat(dirname(out)).catch(() => null);
  if (place?.isDirectory() !== true) throw new UsageError(`--out ${out}: there is no folder ${dirname(out)}.`);
  const { weights, images } = await embedded(location, weightsFile(path));
  const encoder = new FrozenEncoder(weights);
  const progress = new EmbeddingProgress(images.count);
  await writingNewFiles(async (files) => {
    files.append(out, npyHeader([images.count, encoder.featureDim]));
    for await (const { start, features } of encoder.embed(images, batch)) {
      const { data, n } = features;
      files.append(out, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      progress.done(start + n);
    }
    files.append(out.replace(/\.npy$/, '.csv'), new TextEncoder().encode(imagesCsv(images)));
  });
  console.log(`${counted(images.count, 'image')}, ${encoder.featureDim} features each, in ${out}`);
}

try {
  await main();
  // Dawn keeps the process alive.
  process.exit(0);
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
  else console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
