import { COMPARED, type MeasuredShare, type OfEach } from '../../../domain/bottomLine';
import type { LabelledFeatures } from '../../../domain/features';
import type { RunConfig } from '../../../domain/runConfig';
import { ImageSource } from '../../images/imageSource';
import type { TrainingImages } from '../../images/pictureCache';
import { knnAccuracy } from '../../monitors/knn';
import type { SimilarityPace } from '../../monitors/similarity';
import { viewRetrieval } from '../../monitors/viewRetrieval';
import type { Pace } from '../project/pace';
import { untrainedEncoder } from './encoderOnImages';
import type { EncoderWeights } from './encoderWeights';
import { FrozenEncoder } from './frozenEncoder';
import { labelledFeatures, labelledPixels, viewFeatures } from './measuredFeatures';
import { measuredImages, measuringCost } from './measuredImages';

/** Multiplications at once for similarities: some 20 ms on one thread of a processor. */
const BLOCK_PRODUCTS = 1e8;

export interface MeasuredEncoder {
  readonly viewRetrieval: MeasuredShare;
  /** null without labelled images to vote and to classify. */
  readonly knn: MeasuredShare | null;
  /** Of the images that kNN compares, for linear probes; null without them. */
  readonly labelled: OfEach<LabelledFeatures> | null;
}

/**
 * View retrieval and kNN accuracy of an encoder on images, as it embeds them, beside the network of the same settings before its first step
 * and raw pixels. The progress counts `measuringCost` pictures.
 * @throws RangeError without training images; what the pace throws
 */
export async function measureEncoder(
  weights: EncoderWeights,
  images: TrainingImages,
  pace: Pace,
): Promise<MeasuredEncoder> {
  const { config } = weights;
  const measured = measuredImages(images, config.seed);
  if (measured.viewed.length === 0) throw new RangeError('no image is for training');
  pace.expect(measuringCost(images).embedded);
  const source = new ImageSource(images, config);
  await source.prepare();
  await pace.between();
  const first = await untrainedEncoder(config, images);
  const encoders = { trained: new FrozenEncoder(weights), untrained: new FrozenEncoder(first) };
  try {
    const views = await viewFeatures(measured.viewed, source, config, encoders, pace);
    const retrieval = await sharesOf(measured.viewed.length, views, ([a, b]) =>
      viewRetrieval(a, b, similarityPace(a.n, a.d, pace)),
    );
    if (measured.train.length === 0) return { viewRetrieval: retrieval, knn: null, labelled: null };
    const labelled = {
      trained: await labelledFeatures(encoders.trained, images, measured, pace),
      untrained: await labelledFeatures(encoders.untrained, images, measured, pace),
      rawPixels: await labelledPixels(source, measured, pace),
    };
    const knn = await sharesOf(measured.test.length, labelled, (features) => vote(features, config, pace));
    return { viewRetrieval: retrieval, knn, labelled };
  } finally {
    encoders.trained.dispose();
    encoders.untrained.dispose();
  }
}

async function sharesOf<T>(
  images: number,
  features: OfEach<T>,
  share: (features: T) => Promise<number>,
): Promise<MeasuredShare> {
  const found = { trained: 0, untrained: 0, rawPixels: 0 };
  for (const kind of COMPARED) found[kind] = await share(features[kind]);
  return { images, ...found };
}

async function vote(
  { train, trainLabels, test, testLabels, classNames }: LabelledFeatures,
  { knn: { k, temperature } }: RunConfig,
  pace: Pace,
): Promise<number> {
  const { accuracy } = await knnAccuracy(
    {
      bank: train,
      bankLabels: trainLabels,
      queries: test,
      queryLabels: testLabels,
      classes: classNames.length,
      k,
      temperature,
    },
    similarityPace(train.n, train.d, pace),
  );
  return accuracy;
}

/** Similarities to n keys of d numbers in blocks that hold the thread up for a moment only. */
function similarityPace(n: number, d: number, pace: Pace): SimilarityPace {
  return { blockEntries: Math.max(n, Math.floor(BLOCK_PRODUCTS / d)), between: () => pace.between() };
}
