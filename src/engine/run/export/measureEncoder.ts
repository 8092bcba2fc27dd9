import { type MeasuredShare, mapEach, type OfEach } from '../../../domain/bottomLine';
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
import { type ComparedEncoders, labelledFeatures, labelledPixels, viewFeatures } from './measuredFeatures';
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
 * @param given the weights that its training began with, measured as they came, with their own normalisation and statistics of BN, on pictures
 * of the encoder's size; null where it began with random ones
 * @throws RangeError without training images; what the pace throws
 */
export async function measureEncoder(
  weights: EncoderWeights,
  images: TrainingImages,
  pace: Pace,
  given: EncoderWeights | null = null,
): Promise<MeasuredEncoder> {
  const { config } = weights;
  const measured = measuredImages(images, config.seed);
  if (measured.viewed.length === 0) throw new RangeError('no image is for training');
  pace.expect(measuringCost(images, given === null ? 2 : 3).embedded);
  const source = new ImageSource(images, config);
  await source.prepare();
  await pace.between();
  const first = await untrainedEncoder(config, images);
  const encoders: ComparedEncoders = {
    trained: new FrozenEncoder(weights),
    ...(given !== null && { given: new FrozenEncoder(atSizeOf(given, config)) }),
    untrained: new FrozenEncoder(first),
  };
  try {
    const views = await viewFeatures(measured.viewed, source, config, encoders, pace);
    const found = await mapEach(views, ([a, b]) => viewRetrieval(a, b, similarityPace(a.n, a.d, pace)));
    const retrieval = { images: measured.viewed.length, ...found };
    if (measured.train.length === 0) return { viewRetrieval: retrieval, knn: null, labelled: null };
    const featuresOf = (encoder: FrozenEncoder) => labelledFeatures(encoder, images, measured, pace);
    const labelled = {
      trained: await featuresOf(encoders.trained),
      ...(encoders.given !== undefined && { given: await featuresOf(encoders.given) }),
      untrained: await featuresOf(encoders.untrained),
      rawPixels: await labelledPixels(source, measured, pace),
    };
    const accuracies = await mapEach(labelled, (features) => vote(features, config, pace));
    return { viewRetrieval: retrieval, knn: { images: measured.test.length, ...accuracies }, labelled };
  } finally {
    for (const encoder of Object.values(encoders)) encoder?.dispose();
  }
}

/** Weights that embed pictures as large as a run has them. */
function atSizeOf(weights: EncoderWeights, { imageSize, sourceSize }: RunConfig): EncoderWeights {
  return { ...weights, config: { ...weights.config, imageSize, sourceSize } };
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
