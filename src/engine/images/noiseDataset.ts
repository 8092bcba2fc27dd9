import { type ImageDataset, squarePlaces, TRAIN } from '../../domain/imageDataset';
import { seededRandom } from '../random';

const BLOCK = 1 << 16;

/**
 * `count` square images of noise of side `size`, for timing and for compiling: the work of a step does not depend on the pixel values. Noise repeats after 64
 * KiB.
 */
export function noiseDataset(count: number, size: number): ImageDataset {
  const random = seededRandom(0, 'noise');
  const pixels = new Uint8Array(count * size * size * 4);
  const first = Math.min(BLOCK, pixels.length);
  for (let i = 0; i < first; i++) pixels[i] = i % 4 === 3 ? 255 : random.integer(0, 255);
  for (let filled = first; filled < pixels.length; filled *= 2) {
    pixels.copyWithin(filled, 0, Math.min(filled, pixels.length - filled));
  }
  return {
    name: `${count} images of noise`,
    source: { kind: 'folder', name: 'noise', count, fingerprint: '' },
    size,
    count,
    names: Array<string>(count).fill('noise'),
    labels: null,
    classNames: [],
    split: new Uint8Array(count).fill(TRAIN),
    pixels,
    ...squarePlaces(count, size),
    facts: null,
  };
}
