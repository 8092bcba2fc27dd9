import { type Estimate, shareOf } from '../../../domain/accuracy';
import type { FeatureRows } from '../../../domain/features';
import { bankIndicesOf, type DatasetInfo, indicesOf, TRAIN } from '../../../domain/imageDataset';
import type { RunConfig } from '../../../domain/runConfig';
import type { SuitMeasure } from '../../../domain/suiting/suitTable';
import type { TrainingImages } from '../../images/pictureCache';
import { viewPair } from '../../images/viewPair';
import { knnAccuracy } from '../../monitors/knn';
import { viewRetrieval } from '../../monitors/viewRetrieval';
import { seededRandom } from '../../random';
import type { FrozenEncoder } from '../export/frozenEncoder';

/** Images of view retrieval, at most; fewer where their views would take more than this many pixels. */
const VIEWS = 500;
const VIEW_PIXELS = 2 ** 23;
/** Labelled training images of kNN, at most. */
const LABELLED = 2500;
/** Fewer labelled images say less than the views of all. */
const FEWEST_LABELLED = 100;
/** Every fifth of them is a query, and the others vote. */
const QUERY_EVERY = 5;
/** About how long a block of images may hold up the thread. */
const BLOCK_MS = 30;

/** How good an encoder is, by images of a data set that are the same for all candidates. */
export interface Scoring {
  readonly measure: SuitMeasure;
  /** Images that the share is of. */
  readonly tested: number;
  /** A share in [0, 1] with its standard error. @param between awaited between two parts; may throw to stop */
  score(encoder: FrozenEncoder, between: () => Promise<void>): Promise<Estimate>;
}

/** What the images allow: kNN where enough training images have one of several classes. */
export function measureFor(info: Pick<DatasetInfo, 'split' | 'labels'>): SuitMeasure {
  const labelled = bankIndicesOf(info);
  const classes = new Set(Array.from(labelled, (i) => info.labels?.[i]));
  return labelled.length >= FEWEST_LABELLED && classes.size > 1 ? 'knn' : 'viewRetrieval';
}

/**
 * @param own the person's settings, by whose views all candidates are measured
 * @param between awaited between two parts; may throw to stop
 */
export async function scoringOf(
  images: TrainingImages,
  own: RunConfig,
  measure: SuitMeasure,
  between: () => Promise<void>,
): Promise<Scoring> {
  return measure === 'knn' ? knnScoring(images, own) : viewScoring(images, own, between);
}

/** So many of these, evenly drawn, in their order. */
function sampleOf(indices: Uint32Array, count: number, seed: number): Uint32Array {
  const drawn = seededRandom(seed, 'suit', 'images').permutation(indices.length).slice(0, count);
  return drawn.sort().map((i) => indices[i]);
}

const featuresOf = (
  encoder: FrozenEncoder,
  images: TrainingImages,
  between: () => Promise<void>,
  indices?: Uint32Array,
): Promise<FeatureRows> => encoder.features(images, { blockMs: BLOCK_MS, indices }, between);

/** kNN among the training images alone: the test images stay unseen until the choice is made. */
function knnScoring(images: TrainingImages, { seed, knn }: RunConfig): Scoring {
  const sample = sampleOf(bankIndicesOf(images), LABELLED, seed);
  const isQuery = (_: number, i: number) => i % QUERY_EVERY === 0;
  const queries = sample.filter(isQuery);
  const bank = sample.filter((index, i) => !isQuery(index, i));
  const labelsOf = (indices: Uint32Array) => Int16Array.from(indices, (i) => images.labels?.[i] ?? 0);
  return {
    measure: 'knn',
    tested: queries.length,
    async score(encoder, between) {
      const { accuracy } = await knnAccuracy({
        bank: await featuresOf(encoder, images, between, bank),
        bankLabels: labelsOf(bank),
        queries: await featuresOf(encoder, images, between, queries),
        queryLabels: labelsOf(queries),
        classes: images.classNames.length,
        k: knn.k,
        temperature: knn.temperature,
      });
      return shareOf(accuracy, queries.length);
    },
  };
}

async function viewScoring(images: TrainingImages, own: RunConfig, between: () => Promise<void>): Promise<Scoring> {
  const count = Math.min(VIEWS, Math.floor(VIEW_PIXELS / own.imageSize ** 2));
  const sample = sampleOf(indicesOf(images, TRAIN), Math.max(2, count), own.seed);
  const views = await viewPair(images, own, sample, between);
  return {
    measure: 'viewRetrieval',
    tested: sample.length,
    async score(encoder, pause) {
      const a = await featuresOf(encoder, views.a, pause);
      const b = await featuresOf(encoder, views.b, pause);
      // Both directions look up the same images, so that these count once.
      return shareOf(await viewRetrieval(a, b), sample.length);
    },
  };
}
