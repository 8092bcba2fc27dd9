import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BottomLine } from '../../src/domain/bottomLine';
import { counted } from '../../src/domain/counted';
import type { FeatureRows } from '../../src/domain/features';
import { TRAIN } from '../../src/domain/imageDataset';
import { presetConfig } from '../../src/domain/presets';
import { readPixels, type TrainingImages } from '../../src/engine/images/pictureCache';
import { deviceProducts } from '../../src/engine/monitors/deviceProducts';
import type { EncoderWeights } from '../../src/engine/run/export/encoderWeights';
import { FrozenEncoder } from '../../src/engine/run/export/frozenEncoder';
import { measureEncoder } from '../../src/engine/run/export/measureEncoder';
import { bottomLineOf } from '../../src/explore/bottomLineOf';
import { readCopies } from '../../src/explore/duplicates/readCopies';
import { folderReport } from '../../src/explore/folderReport';
import { pixelFeatures } from '../../src/explore/pixelFeatures';
import { allImages } from '../export/runOfCheckpoint';
import { type WeightsAndImages, weightsAlone, weightsAndImages } from '../export/weightsAndImages';
import { writingNewFiles } from '../node/newFiles';
import { startNodeEngine } from '../node/nodeEngine';
import { UsageError } from '../node/usageError';
import { factsOfAll } from './pictureFacts';
import { Progress } from './progress';
import { htmlReport } from './reportHtml';
import { jsonReport } from './reportJson';
import { textReport } from './reportText';
import { thumbnailsOf } from './thumbnails';
import { weightsBefore } from './weightsBefore';

export interface ReportOptions {
  /** A sample, or the path of a folder or an archive. */
  readonly location: string;
  /** The path of a file of weights; raw pixels are the features without it. */
  readonly weights: string | undefined;
  /** The path of the weights that those began with, to compare them with; left out where they began with random ones. */
  readonly before?: string | undefined;
  /** Paths of the files to write. */
  readonly json: string | undefined;
  readonly html: string | undefined;
}

/**
 * Makes the report of a folder and writes the files that are asked for.
 * @returns what to print
 * @throws Error saying what is wrong, with which file, and what to do; nothing is written then
 */
export async function reportOn({ location, weights: path, before, json, html }: ReportOptions): Promise<string> {
  if (before !== undefined && path === undefined) {
    throw new UsageError('--before names what --weights is compared with: name --weights too.');
  }
  await expectFolderOf('--json', json);
  await expectFolderOf('--html', html);
  const named = before === undefined ? null : await weightsAlone(before);
  const { images, weights, warmStart } = await imagesAndWeights(location, path);
  const { given, note } = weightsBefore(named, warmStart);
  if (note !== null) console.log(note);
  const progress = new Progress();
  let read = 0;
  const copies = await readCopies(
    images,
    (indices, use) => readPixels(images, indices, use),
    (pictures) => {
      read += pictures;
      progress.at('pictures', read / images.count);
    },
  );
  const features = weights === null ? pixelFeatures(copies).features : await embedded(weights, images, progress);
  const report = await folderReport({
    images,
    facts: factsOfAll(images),
    copies,
    features,
    productsOf: deviceProducts,
    onProgress: (stage, share) => progress.at(stage, share),
  });
  const verdict = weights === null ? null : await verdictOn(weights, given, images, progress);
  const about = { report, images, verdict, featuresOf: weights === null ? 'raw pixels' : `the encoder in ${path}` };
  await writingNewFiles(async (files) => {
    const write = (file: string, text: string) => files.append(file, new TextEncoder().encode(text));
    if (json !== undefined) write(json, jsonReport(about));
    if (html !== undefined) write(html, await htmlReport(about, thumbnailsOf(images)));
  });
  const written = [json, html].filter((file) => file !== undefined);
  return [textReport(about), ...(written.length === 0 ? [] : [`written to ${written.join(' and ')}`])].join('\n');
}

async function expectFolderOf(option: string, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const place = await stat(dirname(file)).catch(() => null);
  if (place?.isDirectory() !== true) {
    throw new Error(`${option} ${file}: there is no folder ${dirname(file)}. Make it first.`);
  }
}

async function imagesAndWeights(
  location: string,
  path: string | undefined,
): Promise<Omit<WeightsAndImages, 'weights'> & { readonly weights: EncoderWeights | null }> {
  if (path !== undefined) return weightsAndImages(location, path);
  const images = await allImages(location, presetConfig('small', 'folder'));
  await startNodeEngine('wasm');
  return { images, weights: null, warmStart: null };
}

async function embedded(weights: EncoderWeights, images: TrainingImages, progress: Progress): Promise<FeatureRows> {
  const encoder = new FrozenEncoder(weights);
  let done = 0;
  try {
    return await encoder.features(images, {}, (count) => {
      done += count;
      progress.at('embedding', done / images.count);
    });
  } finally {
    encoder.dispose();
  }
}

const COMPARING = 'comparing with what needs no training';

/** null where the encoder cannot be measured on so few images. */
async function verdictOn(
  weights: EncoderWeights,
  given: EncoderWeights | null,
  images: TrainingImages,
  progress: Progress,
): Promise<BottomLine | null> {
  progress.at(COMPARING, 0);
  if (!images.split.includes(TRAIN)) {
    console.log(`Without training images among the ${counted(images.count, 'image')}, the encoder is not compared.`);
    return null;
  }
  let [done, total] = [0, 1];
  const pace = {
    between: async () => undefined,
    expect: (pictures: number) => {
      total = pictures;
    },
    done: (pictures: number) => {
      done += pictures;
      progress.at(COMPARING, done / total);
    },
  };
  return bottomLineOf(await measureEncoder(weights, images, pace, given), {
    productsOf: deviceProducts,
    between: pace.between,
    onProgress: (share) => progress.at('linear probes', share),
  });
}
