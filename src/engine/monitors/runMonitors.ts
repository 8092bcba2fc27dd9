import * as tf from '@tensorflow/tfjs';
import type { FeatureRows, LabelledFeatures } from '../../domain/features';
import {
  bankIndicesOf,
  type DatasetInfo,
  indicesOf,
  labelledIndicesOf,
  NO_LABEL,
  TEST,
  TRAIN,
} from '../../domain/imageDataset';
import type { Baselines, Measurement, NeighboursSnapshot } from '../../domain/measurement';
import type { FrameImages, OutputFrame } from '../../domain/outputFrame';
import type { LiveSettings, RunConfig } from '../../domain/runConfig';
import type { ImageSource } from '../images/imageSource';
import { type TrainingImages, withPixels } from '../images/pictureCache';
import { bindingLimit } from '../kernels/runtime/program';
import type { Method } from '../methods/method';
import { activationBytesPerImage } from '../network/convolutions';
import { networkLayersOf } from '../network/networkLayers';
import { statisticsByParameter } from '../network/nn/batchNorm';
import { disposeStatistics, type Statistics } from '../network/nn/statistics';
import { seededRandom } from '../random';
import { effectiveRank } from './effectiveRank';
import { CHUNK, type EmbeddedImages, type EmbedOptions, embedImages, embedViews, imageStatistics } from './embedImages';
import { chanceRate, knnAccuracy } from './knn';
import { nearestNeighbours } from './neighbours';
import type { OnlineProbe } from './onlineProbe';
import { type FramePoses, OutputFrames } from './outputFrames';
import { centre, centredPixels } from './rawPixels';
import { viewRetrieval } from './viewRetrieval';
import { WholeSearch } from './wholeSearch';

const NEIGHBOURS_SHOWN = 6;
/** Training images whose BN statistics all others are measured with; all, where there are fewer. */
export const STATISTICS_IMAGES = 256;
const DEFAULT_QUERIES = 5;
/** Images embedded between two reports of progress. */
const EVALUATION_BLOCK = 1024;

/** kNN accuracies of raw pixels by data set and by what they depend on: they are the same for every run, and slow on the processor. */
const pixelAccuracies = new WeakMap<TrainingImages, Map<string, number>>();

/** kNN's two sets: images that vote, and images to classify. */
interface KnnSets {
  readonly bank: Uint32Array;
  readonly queries: Uint32Array;
}

function pick(indices: Uint32Array, count: number, seed: number, stream: string): Uint32Array {
  const order = seededRandom(seed, 'monitor', stream).permutation(indices.length);
  return order.slice(0, count).map((i) => indices[i]);
}

function labelsOf(dataset: DatasetInfo, indices: Uint32Array): Int16Array<ArrayBuffer> {
  const { labels } = dataset;
  return Int16Array.from(indices, (i) => labels?.[i] ?? NO_LABEL);
}

/**
 * What a run measures in addition to its loss, on images that are fixed for the run. BN normalises every measured image with the statistics
 * of one fixed sample of training images, computed anew for each measured step, so that a feature depends on its own image and the weights
 * alone. The moving statistics are neither used, since they mean nothing before the first steps, nor changed.
 */
export class RunMonitors {
  readonly #method: Method;
  readonly #source: ImageSource;
  readonly #config: RunConfig;
  readonly #onlineProbe: OnlineProbe | null;
  readonly #probe: Uint32Array;
  readonly #knn: KnnSets | null;
  /** Two views of each image of the probe; null until they are needed. */
  #probeViews: readonly [tf.Tensor4D, tf.Tensor4D] | null = null;
  /** The sample that BN's statistics are taken from. */
  readonly #sample: Uint32Array;
  readonly #chunk: number;
  readonly #isCancelled: () => boolean;
  #statistics: { readonly step: number; readonly value: Statistics } | null = null;
  #queries: readonly number[];
  /** Rows of `images`: the probe, then the queries from outside it. */
  #embedded: { readonly step: number; readonly searched: Uint32Array; readonly images: EmbeddedImages } | null = null;
  readonly #whole: WholeSearch;
  readonly #frames = new OutputFrames();
  /** The frame made of `images`; null where none was made of them. */
  #frame: { readonly of: EmbeddedImages; readonly value: OutputFrame | null } | null = null;

  /**
   * @param onlineProbe the run's linear probe, measured together with kNN; null where there is none
   * @param chunk the most images embedded at once; fewer where the adapter cannot hold them. No result depends on it.
   */
  constructor(
    method: Method,
    source: ImageSource,
    config: RunConfig,
    isCancelled: () => boolean,
    onlineProbe: OnlineProbe | null = null,
    chunk = CHUNK,
  ) {
    this.#onlineProbe = onlineProbe;
    const most = Math.floor(bindingLimit() / activationBytesPerImage(networkLayersOf(config)));
    this.#chunk = Math.max(1, Math.min(chunk, most));
    this.#isCancelled = isCancelled;
    this.#method = method;
    this.#source = source;
    this.#config = config;
    const { dataset } = source;
    const { seed, knn, probe } = config;
    this.#sample = pick(indicesOf(dataset, TRAIN), STATISTICS_IMAGES, seed, 'statistics');
    this.#probe = pick(indicesOf(dataset, TRAIN), probe.images, seed, 'probe');
    const bank = pick(bankIndicesOf(dataset), knn.bank, seed, 'bank');
    const queries = pick(labelledIndicesOf(dataset, TEST), knn.queries, seed, 'queries');
    this.#knn = bank.length > 0 && queries.length > 0 ? { bank, queries } : null;
    this.#queries = Array.from(this.#probe.subarray(0, DEFAULT_QUERIES));
    this.#whole = new WholeSearch({
      count: dataset.count,
      chunk: this.#chunk,
      embed: (indices, step) => this.embed(indices, step),
    });
  }

  /** The statistics of the weights after `step` steps, computed once for all that is measured then. */
  #statisticsAt(step: number): Statistics {
    if (this.#statistics?.step === step) return this.#statistics.value;
    this.#forgetStatistics();
    const value = imageStatistics(this.#method, this.#source, this.#sample, this.#chunk);
    this.#statistics = { step, value };
    return value;
  }

  /** To be called when the weights were replaced by others, which may be of the same step. */
  forget(): void {
    this.#whole.forget();
    this.#forgetStatistics();
  }

  /** What the next frame is turned by. */
  get framePoses(): FramePoses {
    return this.#frames.state();
  }

  /** Turns the next frame by these poses, of this run or of another with the same settings and images. */
  turnBy(poses: FramePoses): void {
    this.#frames.restore(poses);
  }

  /** To be called before each update: frees what is kept for further queries. */
  trains(): void {
    this.#whole.forget();
  }

  #forgetStatistics(): void {
    if (this.#statistics !== null) disposeStatistics(this.#statistics.value);
    this.#statistics = null;
  }

  /**
   * The statistics that the images are measured with after `step` steps: mean and biased variance [C] of every BN layer of the encoder by
   * parameter name.
   */
  async statistics(step: number): Promise<ReadonlyMap<string, Float32Array>> {
    const { statistics } = await this.#optionsAt(step);
    const encoder = [...statistics].filter(([name]) => !name.startsWith('predictor.'));
    return statisticsByParameter(new Map(encoder));
  }

  /** Call it within `withPixels` of the sample, or after it was called at this step. */
  #options(step: number): EmbedOptions {
    return { chunk: this.#chunk, isCancelled: this.#isCancelled, statistics: this.#statisticsAt(step) };
  }

  async #optionsAt(step: number): Promise<EmbedOptions> {
    if (this.#statistics?.step === step) return this.#options(step);
    return withPixels(this.#source.dataset, this.#sample, () => this.#options(step));
  }

  /** Backbone features and z of images of the data set, not augmented, with the weights after `step` steps. */
  async embed(indices: Uint32Array, step: number): Promise<EmbeddedImages> {
    return embedImages(this.#method, this.#source, indices, await this.#optionsAt(step));
  }

  /**
   * Backbone features of all images that kNN may use, with the weights after `step` steps, for the linear evaluation; null where there are no
   * labels to learn from, or none to test.
   * @param onProgress called with the share of images embedded; may throw to stop
   */
  async labelledFeatures(step: number, onProgress: (share: number) => void): Promise<LabelledFeatures | null> {
    const { dataset } = this.#source;
    const train = bankIndicesOf(dataset);
    const test = labelledIndicesOf(dataset, TEST);
    if (train.length === 0 || test.length === 0) return null;
    const all = train.length + test.length;
    return {
      train: await this.#featuresOf(train, step, (done) => onProgress(done / all)),
      trainLabels: labelsOf(dataset, train),
      test: await this.#featuresOf(test, step, (done) => onProgress((train.length + done) / all)),
      testLabels: labelsOf(dataset, test),
      classNames: dataset.classNames,
    };
  }

  /** One block after another, since z of all images at once would take several times the memory of the features. */
  async #featuresOf(indices: Uint32Array, step: number, onProgress: (done: number) => void): Promise<FeatureRows> {
    const { featureDim: d } = this.#method;
    const data = new Float32Array(indices.length * d);
    for (let start = 0; start < indices.length; start += EVALUATION_BLOCK) {
      onProgress(start);
      const { features } = await this.embed(indices.subarray(start, start + EVALUATION_BLOCK), step);
      data.set(features.data, start * d);
    }
    return { data, n: indices.length, d };
  }

  /** The largest effective rank of z that can be measured. */
  get rankBound(): number {
    return Math.min(this.#probe.length, this.#method.outputDim);
  }

  /**
   * Images whose neighbours are shown; unknown indices are dropped. Where some are not among the images of the last `probe`, all are embedded
   * again, since similarities between features of two steps mean nothing; not where a search of all images needs none embedded.
   * @param step of the present weights
   */
  async setQueries(indices: readonly number[], step: number, live: LiveSettings): Promise<void> {
    this.#queries = indices.filter((i) => Number.isInteger(i) && i >= 0 && i < this.#source.dataset.count);
    if (this.#embedded === null || this.#whole.isKept(step)) return;
    const { searched } = this.#embedded;
    if (this.#queries.some((query) => !searched.includes(query))) await this.probe(step, live);
  }

  /** Embeds the probe's images and the queries with the weights after `step` steps, for `frame`, `ranks` and `neighbours`. */
  async probe(step: number, live: LiveSettings): Promise<void> {
    const outside = this.#queries.filter((query) => !this.#probe.includes(query));
    const searched = Uint32Array.of(...this.#probe, ...outside);
    // Queued at once, since training may continue while the results are read.
    const queue = () =>
      embedImages(this.#method, this.#source, searched, { ...this.#options(step), predicting: live, atOnce: true });
    const images = await withPixels(this.#source.dataset, Uint32Array.of(...this.#sample, ...searched), queue);
    this.#embedded = { step, searched, images };
  }

  /** The images of the frames. */
  frameImages(): FrameImages {
    const { outputDim, featureDim } = this.#method;
    return {
      indices: Uint32Array.from(this.#probe),
      labels: labelsOf(this.#source.dataset, this.#probe),
      dimensions: { z: outputDim, p: outputDim, features: featureDim },
    };
  }

  /** A frame of the probe's outputs as of the last `probe`; null before it, and where an output is not finite. */
  frame(): OutputFrame | null {
    if (this.#embedded === null) return null;
    const { step, images } = this.#embedded;
    if (this.#frame?.of === images) return this.#frame.value;
    const first = (rows: FeatureRows) => firstRows(rows, this.#probe.length);
    const { features, z, p } = images;
    const value = this.#frames.next(step, { features: first(features), z: first(z), p: p === null ? null : first(p) });
    this.#frame = { of: images, value };
    return value;
  }

  /** Effective rank of z and of the backbone features as of the last `probe`: a fall shows a dimensional collapse that the std does not. */
  ranks(): Measurement | null {
    if (this.#embedded === null) return null;
    const { step, images } = this.#embedded;
    const frame = this.#frame?.of === images ? this.#frame.value : null;
    const rank = (rows: FeatureRows) => effectiveRank(firstRows(rows, this.#probe.length)).effectiveRank;
    return {
      step,
      effectiveRank: frame?.z.effectiveRank ?? rank(images.z),
      backboneRank: frame?.features.effectiveRank ?? rank(images.features),
    };
  }

  /** Neighbours of the queries as of the last `probe`; null before it. */
  neighbours(): NeighboursSnapshot | null {
    if (this.#embedded === null) return null;
    const { step, searched, images } = this.#embedded;
    // A query that was chosen while the images were embedded is shown after the next `probe`.
    const rows = this.#queries.map((query) => searched.indexOf(query)).filter((row) => row >= 0);
    const search = (space: 'features' | 'z') =>
      nearestNeighbours(images[space], rows, NEIGHBOURS_SHOWN).map(({ query, neighbours }) => ({
        query: searched[query],
        neighbours: neighbours.map(({ index, similarity }) => ({ index: searched[index], similarity })),
      }));
    return { step, searched: searched.length, backbone: search('features'), z: search('z') };
  }

  /** Images of the data set. */
  get imageCount(): number {
    return this.#source.dataset.count;
  }

  /** Whether `searchAll` needs no image embedded. */
  knowsAll(step: number): boolean {
    return this.#whole.isKept(step);
  }

  /**
   * Neighbours of the queries among all images with the weights after `step` steps, which must not change meanwhile; null where the run
   * measures no neighbours, and without a query.
   * @param between awaited before each block of images; may throw to stop
   */
  async searchAll(step: number, between: () => Promise<void>): Promise<NeighboursSnapshot | null> {
    const queries = this.#queries;
    if (this.#config.probe.every === 0 || queries.length === 0) return null;
    const found = await this.#whole.search(queries, NEIGHBOURS_SHOWN, step, between);
    return { step, searched: this.imageCount, ...found };
  }

  /** kNN and probe accuracy (absent without labels) and view retrieval of the backbone features. */
  async accuracies(step: number): Promise<Measurement> {
    return { step, ...(await this.#knnAccuracy(step)), viewRetrieval: await this.#viewRetrieval(step) };
  }

  async #knnAccuracy(step: number): Promise<{ knn?: number; onlineProbe?: number }> {
    if (this.#knn === null) return {};
    const { bank, queries } = this.#knn;
    const embeddedBank = await this.embed(bank, step);
    const embeddedQueries = await this.embed(queries, step);
    const knn = await this.#vote(this.#knn, embeddedBank.features, embeddedQueries.features);
    // An untrained classifier has the same output for all images.
    if (this.#onlineProbe === null || step === 0) return { knn };
    const labels = labelsOf(this.#source.dataset, queries);
    return {
      knn,
      onlineProbe: await this.#onlineProbe.accuracy(embeddedBank.features, embeddedQueries.features, labels),
    };
  }

  async #vote(sets: KnnSets, bank: FeatureRows, queries: FeatureRows): Promise<number> {
    const { dataset } = this.#source;
    const { accuracy } = await knnAccuracy({
      bank,
      bankLabels: labelsOf(dataset, sets.bank),
      queries,
      queryLabels: labelsOf(dataset, sets.queries),
      classes: dataset.classNames.length,
      k: this.#config.knn.k,
      temperature: this.#config.knn.temperature,
    });
    return accuracy;
  }

  async #viewsOfProbe(): Promise<readonly [tf.Tensor4D, tf.Tensor4D]> {
    const { augment, seed } = this.#config;
    this.#probeViews ??= await withPixels(this.#source.dataset, this.#probe, () =>
      this.#source.views(this.#probe, augment, seededRandom(seed, 'monitor', 'views')),
    );
    return this.#probeViews;
  }

  async #viewRetrieval(step: number): Promise<number> {
    const [a, b] = await this.#viewsOfProbe();
    const options = await this.#optionsAt(step);
    const first = await embedViews(this.#method, a, options);
    const second = await embedViews(this.#method, b, options);
    return viewRetrieval(first.features, second.features);
  }

  /**
   * The results of the untrained network and of raw pixels. Call it once.
   * @param untrained the accuracies of step 0; null where the run measures none, which needs no baselines
   */
  async baselines(untrained: Measurement | null): Promise<Baselines> {
    const images = this.#probe.length;
    const { outputDim, featureDim } = this.#method;
    const { knn, viewRetrieval } = untrained ?? {};
    return {
      inverseSqrtD: 1 / Math.sqrt(outputDim),
      rankBound: this.rankBound,
      backboneRankBound: Math.min(images, featureDim),
      knn: knn === undefined || this.#knn === null ? null : await this.#knnBaseline(this.#knn, knn),
      viewRetrieval:
        viewRetrieval === undefined
          ? null
          : { images, rawPixels: await this.#pixelRetrieval(), untrained: viewRetrieval },
    };
  }

  async #knnBaseline(sets: KnnSets, untrained: number): Promise<NonNullable<Baselines['knn']>> {
    const { bank, queries } = sets;
    const { k, temperature } = this.#config.knn;
    const { dataset } = this.#source;
    return {
      k: Math.min(k, bank.length),
      temperature,
      bank: bank.length,
      queries: queries.length,
      chance: chanceRate(labelsOf(dataset, queries), labelsOf(dataset, bank)),
      rawPixels: await this.#pixelAccuracy(sets),
      untrained,
    };
  }

  async #pixelAccuracy(sets: KnnSets): Promise<number> {
    const { dataset } = this.#source;
    const { seed, knn, imageSize } = this.#config;
    const known = pixelAccuracies.get(dataset) ?? new Map<string, number>();
    pixelAccuracies.set(dataset, known);
    const key = JSON.stringify([
      tf.getBackend(),
      imageSize,
      seed,
      sets.bank.length,
      sets.queries.length,
      knn.k,
      knn.temperature,
    ]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const [bankPixels, queryPixels] = await centredPixels(this.#source, [sets.bank, sets.queries]);
    const accuracy = await this.#vote(sets, bankPixels, queryPixels);
    known.set(key, accuracy);
    return accuracy;
  }

  async #pixelRetrieval(): Promise<number> {
    const rows = await Promise.all(
      (await this.#viewsOfProbe()).map(async (views) => {
        const data = await views.data<'float32'>();
        return { data, n: views.shape[0], d: data.length / views.shape[0] };
      }),
    );
    const [a, b] = centre(rows);
    return viewRetrieval(a, b);
  }

  dispose(): void {
    this.forget();
    tf.dispose([...(this.#probeViews ?? [])]);
  }
}

function firstRows(rows: FeatureRows, n: number): FeatureRows {
  return { ...rows, data: rows.data.subarray(0, n * rows.d), n };
}
