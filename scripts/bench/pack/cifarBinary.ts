import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImageDataset, squarePlaces, TEST, TRAIN } from '../../../src/domain/imageDataset';

const SIDE = 32;
const PLANE = SIDE * SIDE;
const RECORD_BYTES = 1 + 3 * PLANE;
const FILES = [
  ...[1, 2, 3, 4, 5].map((n) => [`data_batch_${n}.bin`, TRAIN] as const),
  ['test_batch.bin', TEST] as const,
];
const CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/** Whether a folder holds CIFAR-10's "binary version". */
export function isCifarBinary(folder: string): boolean {
  return FILES.every(([name]) => existsSync(join(folder, name)));
}

/** CIFAR-10 from its binary version: records of a label and three planes of 32 x 32 bytes. */
export async function readCifarBinary(folder: string): Promise<ImageDataset> {
  const files = await Promise.all(
    FILES.map(async ([name, split]) => ({ bytes: await readFile(join(folder, name)), split })),
  );
  const count = files.reduce((sum, { bytes }) => sum + bytes.length / RECORD_BYTES, 0);
  const labels = new Int16Array(count);
  const splits = new Uint8Array(count);
  const pixels = new Uint8Array(4 * PLANE * count).fill(255);
  let image = 0;
  for (const { bytes, split } of files) {
    for (let at = 0; at < bytes.length; at += RECORD_BYTES, image++) {
      labels[image] = bytes[at];
      splits[image] = split;
      for (let i = 0; i < PLANE; i++) {
        for (let channel = 0; channel < 3; channel++) {
          pixels[4 * (image * PLANE + i) + channel] = bytes[at + 1 + channel * PLANE + i];
        }
      }
    }
  }
  return {
    name: 'CIFAR-10',
    source: { kind: 'folder', name: 'CIFAR-10', count, fingerprint: '' },
    size: SIDE,
    count,
    names: Array.from({ length: count }, (_, i) => `image ${i}`),
    labels,
    classNames: CLASSES,
    split: splits,
    pixels,
    ...squarePlaces(count, SIDE),
    facts: null,
  };
}
