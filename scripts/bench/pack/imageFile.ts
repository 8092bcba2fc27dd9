import { type ImageDataset, squarePlaces } from '../../../src/domain/imageDataset';

/**
 * Labelled images in one file that both TypeScript and Python read: "SSL1", then as uint32 little-endian the count, the side in pixels and
 * the number of classes; one byte each for the splits (0 train, 1 test), then for the labels; then RGB, row-major.
 */
const MAGIC = 'SSL1';
const HEADER_BYTES = 16;

/** At most this many images of each split; images without a label are left out. */
export function encodeImages(
  dataset: ImageDataset,
  most: { readonly train: number; readonly test: number },
): Uint8Array {
  const { labels, split, size, pixels } = dataset;
  if (labels === null) throw new Error(`${dataset.name}: kNN needs labelled images, such as folders named by class.`);
  const left = [most.train, most.test];
  const chosen: number[] = [];
  for (let i = 0; i < dataset.count; i++) {
    if (labels[i] < 0 || left[split[i]] <= 0) continue;
    left[split[i]] -= 1;
    chosen.push(i);
  }
  const imageBytes = size * size * 3;
  const bytes = new Uint8Array(HEADER_BYTES + chosen.length * (2 + imageBytes));
  bytes.set(new TextEncoder().encode(MAGIC));
  const header = new DataView(bytes.buffer);
  [chosen.length, size, dataset.classNames.length].forEach((value, i) => header.setUint32(4 + 4 * i, value, true));
  let to = HEADER_BYTES + 2 * chosen.length;
  chosen.forEach((image, n) => {
    bytes[HEADER_BYTES + n] = split[image];
    bytes[HEADER_BYTES + chosen.length + n] = labels[image];
    const from = image * size * size * 4;
    for (let pixel = 0; pixel < size * size; pixel++) {
      for (let channel = 0; channel < 3; channel++) bytes[to++] = pixels[from + 4 * pixel + channel];
    }
  });
  return bytes;
}

/** @throws Error when the file is not one that `encodeImages` made. */
export function decodeImages(bytes: Uint8Array): ImageDataset {
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const magic = new TextDecoder().decode(bytes.subarray(0, 4));
  const [count, size, classes] = [0, 1, 2].map((i) => header.getUint32(4 + 4 * i, true));
  const pixelCount = count * size * size;
  if (magic !== MAGIC || bytes.length !== HEADER_BYTES + 2 * count + 3 * pixelCount || (size !== 32 && size !== 64)) {
    throw new Error('images.bin is damaged: make the pack again.');
  }
  const pixels = new Uint8Array(4 * pixelCount).fill(255);
  const rgb = bytes.subarray(HEADER_BYTES + 2 * count);
  for (let i = 0; i < pixelCount; i++) pixels.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  return {
    name: 'packed images',
    source: { kind: 'folder', name: 'packed images', count, fingerprint: '' },
    size,
    count,
    names: Array.from({ length: count }, (_, i) => `image ${i}`),
    labels: Int16Array.from(bytes.subarray(HEADER_BYTES + count, HEADER_BYTES + 2 * count)),
    classNames: Array.from({ length: classes }, (_, i) => `class ${i}`),
    split: bytes.slice(HEADER_BYTES, HEADER_BYTES + count),
    pixels,
    ...squarePlaces(count, size),
    facts: null,
  };
}
