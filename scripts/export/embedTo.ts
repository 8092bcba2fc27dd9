import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FrozenEncoder } from '../../src/engine/run/export/frozenEncoder';
import { imagesCsv } from '../../src/engine/run/export/imageTable';
import { npyHeader } from '../../src/formats/npy';
import { writingNewFiles } from '../node/newFiles';
import { EmbeddingProgress } from './progress';
import { weightsAndImages } from './weightsAndImages';

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
  const { weights, images } = await weightsAndImages(location, path);
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
