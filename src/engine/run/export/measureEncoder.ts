import * as tf from '@tensorflow/tfjs';
import { indicesOf, TRAIN } from '../../../domain/imageDataset';
import { ImageSource } from '../../images/imageSource';
import type { TrainingImages } from '../../images/pictureCache';
import { createMethod } from '../../methods/registry';
import { RunMonitors } from '../../monitors/runMonitors';
import type { EncoderWeights } from './encoderWeights';

/** Images whose views are looked up among each other: enough for a standard error of a hundredth. */
const IMAGES = 2000;

/** A share in [0, 1] by the encoder, the untrained network with the same layers, and raw pixels. */
export interface EncoderShare {
  readonly images: number;
  readonly trained: number;
  readonly untrained: number;
  readonly rawPixels: number;
}

export interface MeasuredEncoder {
  readonly viewRetrieval: EncoderShare;
  /** null without labelled images to vote and to classify. */
  readonly knn: EncoderShare | null;
}

/**
 * View retrieval and kNN accuracy of an encoder on images, beside the untrained network and raw pixels, as a run on these images measures
 * them: with the images' own means and deviations and their statistics of BN, and the views that the run's augmentation draws.
 */
export async function measureEncoder(
  { config: own, tensors }: EncoderWeights,
  images: TrainingImages,
): Promise<MeasuredEncoder> {
  const config = { ...own, probe: { ...own.probe, images: IMAGES } };
  const source = new ImageSource(images, config);
  await source.prepare();
  const method = createMethod(config, { count: indicesOf(images, TRAIN).length });
  const monitors = new RunMonitors(method, source, config, () => false);
  try {
    const untrained = await monitors.accuracies(0);
    const { viewRetrieval, knn } = await monitors.baselines(untrained);
    tf.tidy(() => {
      const encoder = [...tensors].filter(([name]) => name.startsWith('encoder.'));
      method.parameters.restore(
        new Map(encoder.map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape], 'float32')])),
      );
    });
    monitors.forget();
    const trained = await monitors.accuracies(1);
    if (viewRetrieval === null || trained.viewRetrieval === undefined) throw new Error('no views were compared');
    return {
      viewRetrieval: { ...viewRetrieval, trained: trained.viewRetrieval },
      knn:
        knn === null || trained.knn === undefined
          ? null
          : { images: knn.queries, trained: trained.knn, untrained: knn.untrained, rawPixels: knn.rawPixels },
    };
  } finally {
    monitors.dispose();
    method.dispose();
  }
}
