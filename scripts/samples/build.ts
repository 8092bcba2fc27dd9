/**
 * Builds the samples: `npm run samples [-- FOLDER]`, where FOLDER holds Fashion-MNIST's training files. Each part of a sample becomes a
 * sheet (PNG, lossless, without transparency or colour profile), and each version of the sample a list of its images (JSON).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { manifestFile, SAMPLES } from '../../src/data/sample/catalogue';
import { imagesOfParts } from '../../src/data/sample/parts';
import { ALL_SAMPLE_VERSIONS, type SampleId } from '../../src/domain/imageDataset';
import { packEmoji } from './emoji';
import { packFashionMnist } from './fashionMnist';
import type { PackedSample } from './packedSample';

const OUT = fileURLToPath(new URL('../../public/samples/', import.meta.url));
const DEBIAN = '/usr/share/datasets/fashion-mnist';

/** A sheet with these images, by their places in the sample. */
function layOut(
  { images: all, channels, manifests: [{ tile, columns }] }: PackedSample,
  places: readonly number[],
): {
  data: Uint8Array;
  width: number;
  height: number;
} {
  const images = places.map((place) => all[place]);
  const width = columns * tile;
  const height = Math.ceil(images.length / columns) * tile;
  const data = new Uint8Array(width * height * channels);
  for (const [i, image] of images.entries()) {
    const left = (i % columns) * tile;
    const top = Math.floor(i / columns) * tile;
    for (let y = 0; y < tile; y++) {
      const row = image.subarray(y * tile * channels, (y + 1) * tile * channels);
      data.set(row, ((top + y) * width + left) * channels);
    }
  }
  return { data, width, height };
}

async function write(id: SampleId, sample: PackedSample): Promise<void> {
  const { parts } = SAMPLES[id];
  for (const [part, places] of imagesOfParts(sample.manifests[0].split, parts).entries()) {
    const { data, width, height } = layOut(sample, places);
    const png = await sharp(data, { raw: { width, height, channels: sample.channels } })
      .toColourspace(sample.channels === 1 ? 'b-w' : 'srgb')
      .png({ compressionLevel: 9, adaptiveFiltering: true })
      .toBuffer();
    const { file } = parts[part];
    await writeFile(OUT + file, png);
    console.log(`${file}: ${places.length} images, ${png.length} bytes`);
  }
  for (const version of ALL_SAMPLE_VERSIONS.slice(0, sample.manifests.length)) {
    const manifest = sample.manifests[version - 1];
    await writeFile(OUT + manifestFile(id, version), `${JSON.stringify(manifest)}\n`);
  }
}

await mkdir(OUT, { recursive: true });
await write('fashion-mnist', await packFashionMnist(process.argv[2] ?? DEBIAN));
await write('emoji-3d', await packEmoji());
const licenses = Object.values(SAMPLES).map(
  ({ title, license }) => `${title}\n${'='.repeat(title.length)}\n\n${license.text}`,
);
await writeFile(`${OUT}LICENSES.txt`, licenses.join('\n\n'));
