import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampleId } from '../../src/domain/imageDataset';
import type { Random } from '../../src/engine/random';
import { readSample } from '../node/loadDataset';
import type { RawPicture } from './plantedChanges';
import { decoded } from './plantedFolder';

export interface SomePictures {
  readonly names: readonly string[];
  readonly originals: readonly RawPicture[];
}

/** Pictures by chance of a folder of JPEG or PNG files. */
export async function someOfFolder(folder: string, count: number, random: Random): Promise<SomePictures> {
  const entries = await readdir(folder, { recursive: true });
  const files = entries.filter((name) => /\.(jpe?g|png)$/i.test(name)).sort();
  const names = Array.from(random.permutation(files.length).subarray(0, count), (i) => files[i]);
  const originals = await Promise.all(names.map(async (name) => decoded(await readFile(join(folder, name)))));
  return { names, originals };
}

/** Pictures by chance of a sample, without their alpha. */
export async function someOfSample(id: SampleId, count: number, random: Random): Promise<SomePictures> {
  const { widths, heights, offsets, pixels, ...sample } = await readSample(id, { sourceSize: 64, imageSize: 32 });
  const chosen = [...random.permutation(sample.count).subarray(0, count)];
  const originals = chosen.map((i): RawPicture => {
    const [width, height] = [widths[i], heights[i]];
    const rgba = pixels.subarray(offsets[i], offsets[i] + 4 * width * height);
    return { data: Buffer.from(rgba.filter((_, at) => at % 4 !== 3)), width, height };
  });
  return { names: chosen.map((i) => sample.names[i]), originals };
}
