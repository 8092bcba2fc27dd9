import {
  bankIndicesOf,
  type DatasetInfo,
  indicesOf,
  labelledIndicesOf,
  TEST,
  TRAIN,
} from '../../../domain/imageDataset';
import { seededRandom } from '../../random';

/** Images whose views are looked up among each other, labelled training images, and test images, at most: for an error of a hundredth. */
const MOST = 2000;

/** Which images an encoder is measured on, drawn from all. */
export interface MeasuredImages {
  /** For training: their views are looked up among each other. */
  readonly viewed: Uint32Array;
  /** Labelled, for kNN and the linear probe; both are empty where there are not both. */
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** The same images for the same seed. */
export function measuredImages(images: DatasetInfo, seed: number): MeasuredImages {
  const drawn = (indices: Uint32Array, stream: string) =>
    Uint32Array.from(
      seededRandom(seed, 'measured', stream)
        .permutation(indices.length)
        .slice(0, MOST)
        .map((i) => indices[i]),
    );
  const viewed = drawn(indicesOf(images, TRAIN), 'viewed');
  const train = drawn(bankIndicesOf(images), 'train');
  const test = drawn(labelledIndicesOf(images, TEST), 'test');
  const none = new Uint32Array();
  return train.length > 0 && test.length > 0 ? { viewed, train, test } : { viewed, train: none, test: none };
}

/** What measuring an encoder takes; nothing is embedded where it cannot be measured. */
export interface MeasuringCost {
  /** Pictures that are embedded. */
  readonly embedded: number;
  /** Labelled training images of each linear probe. */
  readonly probed: number;
}

/** @param encoders how many embed them: the encoder, the untrained network, and the weights that training began with, if any */
export function measuringCost(images: DatasetInfo, encoders = 2): MeasuringCost {
  const { viewed, train, test } = measuredImages(images, 0);
  if (viewed.length === 0) return { embedded: 0, probed: 0 };
  // Two views of each, and the labelled images.
  return { embedded: encoders * (2 * viewed.length + train.length + test.length), probed: train.length };
}
