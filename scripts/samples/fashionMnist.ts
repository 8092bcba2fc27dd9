import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { TEST, TRAIN } from '../../src/domain/imageDataset';
import type { PackedSample } from './packedSample';

const TILE = 28;
const TRAIN_PER_CLASS = 1000;
const TEST_PER_CLASS = 200;

const CLASS_NAMES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

/** The data of an IDX file: a magic number, then one 32-bit size per dimension, then bytes. */
async function readIdx(file: string, dimensions: number): Promise<Uint8Array> {
  const bytes = gunzipSync(await readFile(file));
  if (bytes.readUInt32BE(0) !== 0x0800 + dimensions)
    throw new Error(`${file}: not an IDX file of ${dimensions} dimensions`);
  return bytes.subarray(4 + 4 * dimensions);
}

/**
 * Fashion-MNIST: of each class, in the order of the official training file, the first 1,000 images to train on and the next 200 to
 * test with. The official test file is not used.
 * @param folder holds `train-images-idx3-ubyte.gz` and `train-labels-idx1-ubyte.gz`, as Debian's package dataset-fashion-mnist does.
 */
export async function packFashionMnist(folder: string): Promise<PackedSample> {
  const pixels = await readIdx(join(folder, 'train-images-idx3-ubyte.gz'), 3);
  const classes = await readIdx(join(folder, 'train-labels-idx1-ubyte.gz'), 1);
  const seen = CLASS_NAMES.map(() => 0);
  const images: Uint8Array[] = [];
  const names: string[] = [];
  const labels: number[] = [];
  const split: number[] = [];
  for (const [i, label] of classes.entries()) {
    const nth = seen[label]++;
    if (nth >= TRAIN_PER_CLASS + TEST_PER_CLASS) continue;
    images.push(pixels.subarray(i * TILE * TILE, (i + 1) * TILE * TILE));
    names.push(`${CLASS_NAMES[label]} ${String(i).padStart(5, '0')}`);
    labels.push(label);
    split.push(nth < TRAIN_PER_CLASS ? TRAIN : TEST);
  }
  return {
    channels: 1,
    images,
    manifests: [{ tile: TILE, columns: 100, padding: 2, classNames: CLASS_NAMES, names, labels, split }],
  };
}
