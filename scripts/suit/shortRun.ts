import { breathe } from '../../src/data/import/breathe';
import type { EngineInfo } from '../../src/domain/engineInfo';
import type { LabelledFeatures } from '../../src/domain/features';
import { type ImageDataset, indicesOf, squarePlaces, TRAIN } from '../../src/domain/imageDataset';
import type { AugmentConfig, RunConfig } from '../../src/domain/runConfig';
import type { TrainingImages } from '../../src/engine/images/pictureCache';
import { previewViews } from '../../src/engine/images/previewViews';
import { knnAccuracy } from '../../src/engine/monitors/knn';
import { viewRetrieval } from '../../src/engine/monitors/viewRetrieval';
import { saveRun } from '../../src/engine/run/checkpoint/saveRun';
import { encoderWeights } from '../../src/engine/run/export/encoderWeights';
import { FrozenEncoder } from '../../src/engine/run/export/frozenEncoder';
import { Trainer } from '../../src/engine/run/trainer';
import { fileTuningCache } from '../node/tuningCache';

const TUNING = fileTuningCache('node_modules/.cache/simsiam-lab/tuning.json');

/** Images of view retrieval. */
const VIEWS = 500;
/** Every fifth training image is a query, and the others vote. */
const QUERY_EVERY = 5;

/** Two views of the same images as data sets, made once for all candidates: views that are easier to find would flatter weak crops. */
export interface ViewPair {
  readonly a: ImageDataset;
  readonly b: ImageDataset;
}

export async function viewPair(images: TrainingImages, config: RunConfig, augment: AugmentConfig): Promise<ViewPair> {
  const indices = [...indicesOf(images, TRAIN).slice(0, VIEWS)];
  const { size, x1, x2 } = await previewViews(images, config, augment, 0, indices);
  const asImages = (pixels: Uint8ClampedArray<ArrayBuffer>): ImageDataset => ({
    name: 'views',
    source: { kind: 'folder', name: 'views', count: indices.length, fingerprint: '' },
    size,
    count: indices.length,
    names: indices.map(String),
    labels: null,
    classNames: [],
    split: new Uint8Array(indices.length).fill(TRAIN),
    pixels: new Uint8Array(pixels.buffer),
    ...squarePlaces(indices.length, size),
    facts: null,
  });
  return { a: asImages(x1), b: asImages(x2) };
}

async function featuresOf(encoder: FrozenEncoder, images: ImageDataset) {
  const blocks: Float32Array[] = [];
  for await (const { features } of encoder.embed(images)) blocks.push(features.data);
  const data = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    data.set(block, at);
    at += block.length;
  }
  return { data, n: images.count, d: encoder.featureDim };
}

/** kNN among the training images alone: the test images stay unseen until the choice is made. */
async function knnWithin({ train, trainLabels, classNames }: LabelledFeatures, config: RunConfig): Promise<number> {
  const rows = Array.from({ length: train.n }, (_, i) => i);
  const part = (chosen: readonly number[]) => ({
    data: Float32Array.from(chosen.flatMap((i) => [...train.data.subarray(i * train.d, (i + 1) * train.d)])),
    n: chosen.length,
    d: train.d,
  });
  const queries = rows.filter((i) => i % QUERY_EVERY === 0);
  const bank = rows.filter((i) => i % QUERY_EVERY !== 0);
  const { accuracy } = await knnAccuracy({
    bank: part(bank),
    bankLabels: bank.map((i) => trainLabels[i]),
    queries: part(queries),
    queryLabels: queries.map((i) => trainLabels[i]),
    classes: classNames.length,
    k: config.knn.k,
    temperature: config.knn.temperature,
  });
  return accuracy;
}

/** Trains a candidate for `steps` steps; returns how good it is, by kNN where `byClasses`, else by view retrieval; -1 where it diverged. */
export async function scoreOf(
  images: TrainingImages,
  candidate: RunConfig,
  steps: number,
  views: ViewPair,
  byClasses: boolean,
  engine: EngineInfo,
): Promise<number> {
  const config = { ...candidate, totalSteps: steps, knn: { ...candidate.knn, every: 0 } };
  const trainer = new Trainer(images, config, [], () => undefined, {
    tuning: TUNING,
    isSoftware: engine.isSoftware,
  });
  try {
    await trainer.start();
    for (;;) {
      const outcome = await trainer.advance();
      await breathe();
      if (outcome === 'diverged') return -1;
      if (outcome === 'finished') break;
    }
    await trainer.flush();
    if (byClasses) {
      const features = await trainer.labelledFeatures(() => undefined);
      if (features === null) throw new Error('These images have no classes.');
      return await knnWithin(features, config);
    }
    const encoder = new FrozenEncoder(await encoderWeights(await saveRun(trainer, engine), trainer));
    try {
      return await viewRetrieval(await featuresOf(encoder, views.a), await featuresOf(encoder, views.b));
    } finally {
      encoder.dispose();
    }
  } finally {
    trainer.dispose();
  }
}
