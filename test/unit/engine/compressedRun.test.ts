import { beforeAll, describe, expect, it } from 'vitest';
import {
  type CompressedDataset,
  type ImageDataset,
  type PictureReader,
  UnreadablePicture,
} from '../../../src/domain/imageDataset';
import type { Baselines, Measurement, NeighboursSnapshot } from '../../../src/domain/measurement';
import { presetConfig } from '../../../src/domain/presets';
import type { RunConfig } from '../../../src/domain/runConfig';
import { startWasm } from '../../../src/engine/backend/wasm';
import { type TrainingImages, trainingImages, withPixels } from '../../../src/engine/images/pictureCache';
import { previewViews } from '../../../src/engine/images/previewViews';
import { thumbnailOf } from '../../../src/engine/images/thumbnail';
import { seededRandom } from '../../../src/engine/random';
import { Trainer } from '../../../src/engine/run/trainer';
import { syntheticDataset } from '../../setup/syntheticDataset';

const CONFIG: RunConfig = {
  ...presetConfig('tiny', 'folder'),
  outputDim: 16,
  projectorHidden: 16,
  predictorHidden: 8,
  batchSize: 8,
  totalSteps: 12,
  knn: { every: 4, k: 5, temperature: 0.1, bank: 40, queries: 16 },
  probe: { every: 3, images: 24 },
};

const dataset = syntheticDataset(96);

/** The same images as if they were decoded on demand, which takes a while; reading image `gone` fails. */
function compressed({ pixels, offsets, ...info }: ImageDataset, gone = -1): CompressedDataset<PictureReader> {
  const random = seededRandom(1, 'delays');
  const reader: PictureReader = {
    async read(indices) {
      await new Promise((resolve) => setTimeout(resolve, random.integer(0, 3)));
      if (indices.includes(gone)) throw new UnreadablePicture(`${info.names[gone]} could not be read.`);
      return indices.map((i) => pixels.slice(offsets[i], offsets[i]! + 4 * info.widths[i]! * info.heights[i]!));
    },
    close: () => undefined,
  };
  return { ...info, reader, numbers: Uint32Array.from(info.widths.keys()) };
}

/** A cache that holds a fifth of the images, and one batch ahead. */
const small = (images: CompressedDataset<PictureReader>) => trainingImages(images, 80_000, 40_000);

interface Series {
  measurements: Measurement[];
  baselines: Baselines[];
  neighbours: NeighboursSnapshot[];
  evaluated: number[];
}

async function seriesOf(images: TrainingImages, config: RunConfig): Promise<Series> {
  const series: Series = { measurements: [], baselines: [], neighbours: [], evaluated: [] };
  const trainer = new Trainer(images, config, [], ({ kind, value }) => {
    if (kind === 'measurements')
      series.measurements.push(...value.filter((each) => each.imagesPerSecond === undefined));
    else if (kind === 'baselines') series.baselines.push(value);
    else if (kind === 'neighbours') series.neighbours.push(value);
  });
  try {
    await trainer.start();
    while ((await trainer.advance()) === 'continue') await trainer.setQueries([1, 90, trainer.step]);
    await trainer.flush();
    series.evaluated = [...((await trainer.labelledFeatures(() => undefined))?.test.data ?? [])];
    return series;
  } finally {
    trainer.dispose();
  }
}

describe('a run with images that are kept compressed', () => {
  beforeAll(async () => {
    await startWasm();
  });

  it.each([
    ['SimSiam', {}],
    ['targets held for several steps', { alternation: 3 }],
    ['more views', { method: 'swav' }],
  ] as const)('is bit for bit the run with the images in memory: %s', async (_, settings) => {
    const config = { ...CONFIG, ...settings } as RunConfig;
    const inMemory = await seriesOf(dataset, config);
    expect(inMemory.measurements.filter(({ loss }) => loss !== undefined)).toHaveLength(12);
    expect(await seriesOf(small(compressed(dataset)), config)).toEqual(inMemory);
  });

  it('has the same previews and thumbnails', async () => {
    const images = small(compressed(dataset));
    const preview = (of: TrainingImages) => previewViews(of, CONFIG, CONFIG.augment, 1, [5, 6]);
    expect(await preview(images)).toEqual(await preview(dataset));
    expect(await withPixels(images, [7], () => thumbnailOf(images, 7))).toEqual(thumbnailOf(dataset, 7));
  });

  it('fails in words, and at once, where an image cannot be read', async () => {
    const trainer = new Trainer(
      small(compressed(dataset, 3)),
      { ...CONFIG, probe: { every: 0, images: 8 } },
      [],
      () => undefined,
    );
    const run = async () => {
      await trainer.start();
      while ((await trainer.advance()) === 'continue');
    };
    await expect(run()).rejects.toThrow(new UnreadablePicture('image-3.png could not be read.'));
    trainer.dispose();
  });
});
