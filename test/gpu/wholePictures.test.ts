import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { type ImageDataset, placesOf, TRAIN } from '../../src/domain/imageDataset';
import { presetConfig } from '../../src/domain/presets';
import type { RunConfig } from '../../src/domain/runConfig';
import { ImageSource } from '../../src/engine/images/imageSource';
import { thumbnailOf } from '../../src/engine/images/thumbnail';
import { centredPixels } from '../../src/engine/monitors/rawPixels';
import { seededRandom } from '../../src/engine/random';
import { checkRun } from '../../src/engine/run/checkRun';
import { Trainer } from '../../src/engine/run/trainer';
import { maxError } from '../fixtures/golden';
import { describeOnEngines } from '../setup/engine';
import { onCpu, valuesOf } from './kernels/harness';

/** Smaller and larger than the input, upright, lying and square. */
const SHAPES = [
  [40, 40],
  [64, 96],
  [90, 64],
  [20, 61],
  [8, 64],
  [32, 32],
] as const;

/** Pictures of these shapes in turn, with a slope in each colour and some noise. */
function variedDataset(count: number): ImageDataset {
  const random = seededRandom(3, 'varied');
  const shapes = Array.from({ length: count }, (_, i) => SHAPES[i % SHAPES.length]!);
  const places = placesOf(
    Uint16Array.from(shapes, ([, width]) => width),
    Uint16Array.from(shapes, ([height]) => height),
  );
  const pixels: number[] = [];
  for (const [height, width] of shapes) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        pixels.push((200 * x) / width + random.integer(0, 50), (255 * y) / height, random.integer(0, 255), 255);
      }
    }
  }
  return {
    name: 'varied',
    source: { kind: 'folder', name: 'varied', count, fingerprint: '' },
    size: 64,
    count,
    names: shapes.map((_, i) => `${i}.png`),
    labels: Int16Array.from(shapes, (_, i) => i % 2),
    classNames: ['even', 'odd'],
    split: new Uint8Array(count).fill(TRAIN),
    pixels: Uint8Array.from(pixels),
    ...places,
    facts: null,
  };
}

const dataset = variedDataset(24);
const CONFIG: RunConfig = { ...presetConfig('tiny', 'folder'), batchSize: 6, totalSteps: 20 };

describeOnEngines(['webgpu', 'wasm'], 'whole pictures', () => {
  it('are measured and augmented as by the plain ops', async () => {
    const source = new ImageSource(dataset, CONFIG);
    const indices = Uint32Array.of(1, 0, 4, 2, 3, 5, 9);
    const { augment } = CONFIG;
    const make = () => [source.plain(indices), ...source.views(indices, augment, seededRandom(4))];
    const expected = onCpu(make);
    const before = tf.memory().numTensors;
    const actual = make();
    for (const [i, tensor] of actual.entries()) {
      const { shape, data } = await valuesOf(tensor);
      expect(shape).toEqual([7, 32, 32, 3]);
      expect(maxError(data, expected[i]!.data)).toBeLessThan(2e-5);
    }
    tf.dispose(actual);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('as pixels are those that the network gets', async () => {
    const source = new ImageSource(dataset, CONFIG);
    const [bank, queries] = await centredPixels(source, [Uint32Array.of(0, 1, 2), Uint32Array.of(3)]);
    expect([bank!.n, bank!.d, queries!.n, queries!.d]).toEqual([3, 32 * 32 * 3, 1, 32 * 32 * 3]);
    const images = source.plain(Uint32Array.of(0, 3));
    const { data } = await valuesOf(images);
    images.dispose();
    // Both are the same up to the mean image and the normalisation.
    const { std } = source.normalisation;
    for (let i = 0; i < 3000; i += 17) {
      const apart = (data[3072 + i]! - data[i]!) * std[i % 3]!;
      expect(queries!.data[i]! - bank!.data[i]!).toBeCloseTo(apart, 4);
    }
  });

  it.each(['simsiam', 'swav'] as const)('train in recorded steps as in steps op by op: %s', async (method) => {
    const config = { ...presetConfig('tiny', 'folder', method), batchSize: 6, totalSteps: 20 };
    const small = method === 'swav' ? { smallCrops: 2, prototypes: 12, queueLength: 0 } : {};
    const losses = async (recordSteps: boolean) => {
      const found: number[] = [];
      const settings = { ...config, ...small, knn: { ...config.knn, every: 0 }, probe: { every: 0, images: 16 } };
      const trainer = new Trainer(
        dataset,
        settings,
        [],
        ({ kind, value }) => {
          if (kind === 'measurements') found.push(...value.flatMap(({ loss }) => loss ?? []));
        },
        { recordSteps },
      );
      for (let step = 0; step < 6; step++) await trainer.advance();
      await trainer.flush();
      trainer.dispose();
      return found;
    };
    const recorded = await losses(true);
    expect(recorded).toHaveLength(6);
    expect(recorded.every(Number.isFinite)).toBe(true);
    expect(recorded).toEqual(await losses(false));
  });
});

describe('a run on whole pictures', () => {
  it('needs pictures no larger than its source size, and squares where it cuts squares', () => {
    expect(() => checkRun(dataset, CONFIG, Number.POSITIVE_INFINITY)).not.toThrow();
    expect(() => checkRun(dataset, { ...CONFIG, sourceSize: 48 }, Number.POSITIVE_INFINITY)).toThrow(
      'The images are loaded at 64 pixels and the run asks for a source size of 48: load them again at that size.',
    );
    expect(() => checkRun(dataset, { ...CONFIG, sourceSize: 'square' }, Number.POSITIVE_INFINITY)).toThrow(
      'cut to squares of 32 pixels, and these are kept in another way: load them again',
    );
  });

  it('is refused where a batch of the largest pictures does not fit the adapter', () => {
    const sides = (side: number) => new Uint16Array(dataset.count).fill(side);
    const large = { ...dataset, size: 256, widths: sides(1024), heights: sides(256) };
    const config = { ...CONFIG, sourceSize: 256 } as const;
    const bytes = 4 * 6 * 1024 * 256;
    expect(() => checkRun(large, config, bytes)).not.toThrow();
    expect(() => checkRun(large, config, bytes - 4)).toThrow(
      'The tensor of a batch’s pictures takes 6 MB for a batch of 6 and a source size of 256, and this adapter can use no more than 5 MB at once: choose a batch of at most 5, or a smaller source size.',
    );
  });

  it('shows the whole picture, scaled down where it is large', () => {
    expect(thumbnailOf(dataset, 1)).toMatchObject({ width: 96, height: 64 });
    expect(thumbnailOf(dataset, 4)).toMatchObject({ width: 64, height: 8 });
    const side = 192;
    const grey = Uint8Array.from({ length: 4 * side * side }, (_, i) => (i % 4 === 3 ? 255 : (i >> 2) % 3));
    const large = { ...dataset, ...placesOf(Uint16Array.of(side), Uint16Array.of(side)), pixels: grey };
    const { width, height, pixels } = thumbnailOf(large, 0);
    expect([width, height]).toEqual([64, 64]);
    // Each of its pixels is the mean of 0, 1 and 2 in each row.
    expect(pixels.every((value, i) => value === (i % 4 === 3 ? 255 : 1))).toBe(true);
  });
});
