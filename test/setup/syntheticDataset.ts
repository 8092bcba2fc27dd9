import { type ImageDataset, type ImageSize, squarePlaces, TEST, TRAIN } from '../../src/domain/imageDataset';
import { seededRandom } from '../../src/engine/random';

/** A small labelled data set: each image shows a disc, a square or stripes, at a random place in random colours. */
export function syntheticDataset(count = 256, size: ImageSize = 32, seed = 1): ImageDataset {
  const random = seededRandom(seed, 'synthetic');
  const pixels = new Uint8Array(count * size * size * 4).fill(255);
  const labels = new Int16Array(count);
  const split = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const shape = n % 3;
    labels[n] = shape;
    split[n] = n % 5 === 4 ? TEST : TRAIN;
    const colour = [0, 1, 2].map(() => random.integer(0, 255));
    const background = [0, 1, 2].map(() => random.integer(0, 255));
    const [cx, cy] = [random.uniform(0.3, 0.7) * size, random.uniform(0.3, 0.7) * size];
    const radius = random.uniform(0.15, 0.3) * size;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const [dx, dy] = [x - cx, y - cy];
        const inside = [
          Math.hypot(dx, dy) < radius,
          Math.max(Math.abs(dx), Math.abs(dy)) < radius,
          Math.abs(dy) < radius && Math.floor(x / 3) % 2 === 0,
        ][shape];
        pixels.set(inside ? colour : background, ((n * size + y) * size + x) * 4);
      }
    }
  }
  return {
    name: 'synthetic',
    source: { kind: 'folder', name: 'synthetic', count, fingerprint: String(seed) },
    size,
    count,
    names: Array.from({ length: count }, (_, n) => `image-${n}.png`),
    labels,
    classNames: ['disc', 'square', 'stripes'],
    split,
    pixels,
    ...squarePlaces(count, size),
    facts: null,
  };
}
