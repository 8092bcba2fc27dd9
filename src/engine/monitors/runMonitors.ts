import * as tf from '@tensorflow/tfjs';
import { type ImageDataset, indicesOf, labelledIndicesOf, NO_LABEL, TEST, TRAIN } from '../../domain/imageDataset';
import type { Baselines, Measurement, NeighboursSnapshot } from '../../domain/measurement';
import type { RunConfig } from '../../domain/runConfig';
import type { ImageSource } from '../images/imageSource';
import { bindingLimit } from '../kernels/runtime/program';
import type { Method } from '../methods/method';
import { activationBytesPerImage } from '../network/convolutions';
import { networkLayersOf } from '../network/networkLayers';
import { seededRandom } from '../random';
import { effectiveRank } from './effectiveRank';
import { CHUNK, type EmbeddedImages, type EmbedOptions, embedImages, embedViews } from './embedImages';
import type { FeatureRows } from './featureRows';
import { chanceRate, knnAccuracy } from './knn';
import { nearestNeighbours } from './neighbours';
import { centre, centredPixels } from './rawPixels';
import { viewRetrieval } from './viewRetrieval';

const NEIGHBOURS_SHOWN = 6;
/** Probe images embedded along with a query from outside the probe. */
const COMPANY = 32;
const DEFAULT_QUERIES = 5;

/** kNN's two sets: images that vote, and images to classify. */
interface KnnSets {
  readonly bank: Uint32Array;
  readonly queries: Uint32Array;
}

function pick(indices: Uint32Array, count: number, seed: number, stream: string): Uint32Array {
  const order = seededRandom(seed, 'monitor', stream).permutation(indices.length);
  return order.slice(0, count).map((i) => indices[i]);
}

function labelsOf(dataset: ImageDataset, indices: Uint32Array): Int16Array {
  const { labels } = dataset;
  return Int16Array.from(indices, (i) => labels?.[i] ?? NO_LABEL);
}

/**
 * What a run measures in addition to its loss, on images that are fixed for the run. Measuring does not affect the training: BN uses the
 * statistics of the measured batch and does not change its moving ones.
 */
export class RunMonitors {
  readonly #method: Method;
  readonly #source: ImageSource;
  readonly #config: RunConfig;
  readonly #probe: Uint32Array;
  readonly #knn: KnnSets | null;
  readonly #probeViews: readonly [tf.Tensor4D, tf.Tensor4D];
  readonly #embedOptions: EmbedOptions;
  #queries: readonly number[];
  #embedded: { readonly step: number; readonly images: EmbeddedImages } | null = null;

  constructor(method: Method, source: ImageSource, config: RunConfig, isCancelled: () => boolean) {
    const most = Math.floor(bindingLimit() / activationBytesPerImage(networkLayersOf(config)));
    this.#embedOptions = { chunk: Math.min(CHUNK, most), isCancelled };
    this.#method = method;
    this.#source = source;
    this.#config = config;
    const { dataset } = source;
    const { seed, knn, probe } = config;
    this.#probe = pick(indicesOf(dataset, TRAIN), probe.images, seed, 'probe');
    this.#probeViews = source.views(this.#probe, config.augment, seededRandom(seed, 'monitor', 'views'));
    const bank = pick(labelledIndicesOf(dataset, TRAIN), knn.bank, seed, 'bank');
    const queries = pick(labelledIndicesOf(dataset, TEST), knn.queries, seed, 'queries');
    this.#knn = bank.length > 0 && queries.length > 0 ? { bank, queries } : null;
    this.#queries = Array.from(this.#probe.subarray(0, DEFAULT_QUERIES));
  }

  #embed(indices: Uint32Array): Promise<EmbeddedImages> {
    return embedImages(this.#method, this.#source, indices, this.#embedOptions);
  }

  /** The largest effective rank of z that can be measured. */
  get rankBound(): number {
    return Math.min(this.#probe.length, this.#method.outputDim);
  }

  /** Images whose neighbours are shown; unknown indices are dropped. */
  setQueries(indices: readonly number[]): void {
    this.#queries = indices.filter((i) => Number.isInteger(i) && i >= 0 && i < this.#source.dataset.count);
  }

  /** Embeds the probe's images with the current weights, for `ranks` and `neighbours`. */
  async probe(step: number): Promise<void> {
    this.#embedded = { step, images: await this.#embed(this.#probe) };
  }

  /** Effective rank of z and of the backbone features as of the last `probe`: a fall shows a dimensional collapse that the std does not. */
  ranks(): Measurement | null {
    if (this.#embedded === null) return null;
    const { step, images } = this.#embedded;
    return {
      step,
      effectiveRank: effectiveRank(images.z).effectiveRank,
      backboneRank: effectiveRank(images.features).effectiveRank,
    };
  }

  /** Neighbours of the queries as of the last `probe`; null before it. */
  async neighbours(): Promise<NeighboursSnapshot | null> {
    if (this.#embedded === null) return null;
    const { step, images } = this.#embedded;
    const outside = Uint32Array.from(this.#queries.filter((query) => !this.#probe.includes(query)));
    const more = outside.length > 0 ? await this.#embedOutside(outside) : null;
    const searched = [...this.#probe, ...outside];
    const rows = this.#queries.map((query) => searched.indexOf(query));
    const search = (space: 'features' | 'z') =>
      nearestNeighbours(joinRows(images[space], more?.[space] ?? null), rows, NEIGHBOURS_SHOWN).map(
        ({ query, neighbours }) => ({
          query: searched[query],
          neighbours: neighbours.map(({ index, similarity }) => ({ index: searched[index], similarity })),
        }),
      );
    return { step, searched: searched.length, backbone: search('features'), z: search('z') };
  }

  /** Embeds a few images together with some of the probe's, since BN needs the statistics of more images than these. */
  async #embedOutside(indices: Uint32Array): Promise<EmbeddedImages> {
    const { features, z } = await this.#embed(Uint32Array.of(...indices, ...this.#probe.subarray(0, COMPANY)));
    return { features: firstRows(features, indices.length), z: firstRows(z, indices.length) };
  }

  /** kNN accuracy (absent without labels) and view retrieval of the backbone features. */
  async accuracies(step: number): Promise<Measurement> {
    return { step, ...(await this.#knnAccuracy()), viewRetrieval: await this.#viewRetrieval() };
  }

  async #knnAccuracy(): Promise<{ knn?: number }> {
    if (this.#knn === null) return {};
    const { bank, queries } = this.#knn;
    const embeddedBank = await this.#embed(bank);
    const embeddedQueries = await this.#embed(queries);
    return { knn: await this.#vote(this.#knn, embeddedBank.features, embeddedQueries.features) };
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

  async #viewRetrieval(): Promise<number> {
    const [a, b] = this.#probeViews;
    const first = await embedViews(this.#method, a, this.#embedOptions);
    const second = await embedViews(this.#method, b, this.#embedOptions);
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
    const [bankPixels, queryPixels] = centredPixels(dataset, [bank, queries]);
    return {
      k: Math.min(k, bank.length),
      temperature,
      bank: bank.length,
      queries: queries.length,
      chance: chanceRate(labelsOf(dataset, queries)),
      rawPixels: await this.#vote(sets, bankPixels, queryPixels),
      untrained,
    };
  }

  async #pixelRetrieval(): Promise<number> {
    const rows = await Promise.all(
      this.#probeViews.map(async (views) => {
        const data = await views.data<'float32'>();
        return { data, n: views.shape[0], d: data.length / views.shape[0] };
      }),
    );
    const [a, b] = centre(rows);
    return viewRetrieval(a, b);
  }

  dispose(): void {
    tf.dispose([...this.#probeViews]);
  }
}

function firstRows(rows: FeatureRows, n: number): FeatureRows {
  return { ...rows, data: rows.data.slice(0, n * rows.d), n };
}

function joinRows(rows: FeatureRows, more: FeatureRows | null): FeatureRows {
  if (more === null) return rows;
  const data = new Float32Array((rows.n + more.n) * rows.d);
  data.set(rows.data);
  data.set(more.data, rows.data.length);
  return { data, n: rows.n + more.n, d: rows.d };
}
