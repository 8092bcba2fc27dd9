import type { EngineInfo } from '../domain/engineInfo';
import type { Explored, ExploredBy, Found, QualityEntry } from '../domain/exploration';
import type { FeatureRows } from '../domain/features';
import { readPixels, type TrainingImages } from '../engine/images/pictureCache';
import { deviceProducts } from '../engine/monitors/deviceProducts';
import { saveRun } from '../engine/run/checkpoint/saveRun';
import { type EncoderWeights, encoderWeights } from '../engine/run/export/encoderWeights';
import { FrozenEncoder } from '../engine/run/export/frozenEncoder';
import { measuringCost } from '../engine/run/export/measuredImages';
import { asBegunWith } from '../engine/run/startingWeights';
import type { Trainer } from '../engine/run/trainer';
import { exactGroups } from '../explore/duplicates/exactDuplicates';
import { AREA, writePictureCopy } from '../explore/duplicates/pictureCopies';
import { readCopies } from '../explore/duplicates/readCopies';
import { neighbourGraph } from '../explore/graph/buildGraph';
import { unitRows } from '../explore/graph/neighbourGraph';
import { pixelFeatures } from '../explore/pixelFeatures';
import { qualityFindings } from '../explore/quality';
import type { OpenedEncoder } from './openedEncoder';
import type { WorkPace } from './workPace';

/** About the longest time in milliseconds for which embedding may hold up the worker. */
const BLOCK_MS = 50;
/** About the milliseconds that linear probes and similarities take for each labelled training image, on a processor. */
const PROBED_MS = 2;
/** Progress counts each image so many times: embedded, copied, and compared. */
const PASSES = 3;

/** What images are explored with. */
export interface ExploreFrom {
  readonly by: ExploredBy;
  /** The run, which waits; null where there is none. */
  readonly trainer: Trainer | null;
  /** An encoder that was opened from a file. */
  readonly opened: OpenedEncoder;
  readonly images: TrainingImages;
  readonly engine: EngineInfo;
  readonly pace: WorkPace;
}

/** What an exploration leaves for searches. */
export interface ExploredImages {
  /** [n, d], of length 1. */
  readonly rows: FeatureRows;
  /** null where images are compared by their pixels. */
  readonly weights: EncoderWeights | null;
  /** What the run began with that the images are compared by, where its file is the one that was opened last. */
  readonly given: EncoderWeights | null;
  /** [d]: the mean picture, which is subtracted from pixels. */
  readonly mean: Float32Array | null;
}

/**
 * Embeds all images of a data set and compares them.
 * @throws StoppedError where the pace stops it; CommandError where the run is about to diverge
 */
export async function exploreImages({
  by,
  trainer,
  opened,
  images,
  engine,
  pace,
}: ExploreFrom): Promise<{ reply: Explored; explored: ExploredImages }> {
  const { count } = images;
  pace.expect(PASSES * count);
  const copies = await readCopies(
    images,
    (indices, use) => readPixels(images, indices, use),
    (pictures) => {
      pace.done(pictures);
      return pace.between();
    },
  );
  const weights =
    by === 'run' && trainer !== null ? await encoderWeights(await saveRun(trainer, engine), trainer) : opened.encoder;
  const given = by === 'run' && trainer !== null ? givenOf(trainer, opened) : null;
  const embedding =
    by === 'pixels' || weights === null
      ? { ...pixelFeatures(copies), imageMs: 0 }
      : await embedded(images, weights, pace);
  if (embedding.mean !== null) pace.done(count);
  const rows = unitRows(embedding.features);
  const graph = await neighbourGraph(embedding.features, {
    productsOf: deviceProducts,
    onProgress: sharing(pace, count),
  });
  const { facts } = images;
  const exact = facts === null ? [] : exactGroups(facts, copies);
  const quality =
    facts === null
      ? null
      : qualityFindings(facts).map(({ index, kind, score }): QualityEntry => ({ image: index, kind, score }));
  return {
    reply: {
      exploration: { by, step: by === 'run' ? (weights?.step ?? null) : null, graph, exact, near: null, quality },
      features: embedding.features,
      copies,
      measuringMs: measuringMs(images, embedding, given === null ? 2 : 3),
    },
    explored: { rows, weights: by === 'pixels' ? null : weights, given, mean: embedding.mean },
  };
}

/** The opened encoder where the run began with its file, as the run took it. */
function givenOf({ warmStart }: Trainer, { encoder, file }: OpenedEncoder): EncoderWeights | null {
  if (warmStart === null || encoder === null || file?.fingerprint !== warmStart.fingerprint) return null;
  return asBegunWith(encoder, warmStart);
}

/** Progress through all images as the pace counts it. */
function sharing(pace: WorkPace, images: number): (share: number) => Promise<void> {
  let counted = 0;
  return async (share) => {
    const done = Math.round(share * images);
    if (done > counted) pace.done(done - counted);
    counted = Math.max(counted, done);
    await pace.between();
  };
}

interface Embedding {
  readonly features: FeatureRows;
  /** null where they are those of an encoder. */
  readonly mean: Float32Array | null;
  /** Milliseconds that an image took. */
  readonly imageMs: number;
}

/** About how long it takes to measure the encoder of an embedding; null where it has none, or no image is for training. */
function measuringMs(images: TrainingImages, { mean, imageMs }: Embedding, encoders: number): number | null {
  const { embedded, probed } = measuringCost(images, encoders);
  return mean !== null || embedded === 0 ? null : embedded * imageMs + probed * PROBED_MS;
}

async function embedded(images: TrainingImages, weights: EncoderWeights, pace: WorkPace): Promise<Embedding> {
  const encoder = new FrozenEncoder(weights);
  try {
    const begun = performance.now();
    const features = await encoder.features(images, { blockMs: BLOCK_MS }, (count) => {
      pace.done(count);
      return pace.between();
    });
    const imageMs = (performance.now() - begun) / Math.max(1, images.count);
    return { features, mean: null, imageMs };
  } finally {
    encoder.dispose();
  }
}

/**
 * The images nearest to one of them, which is not among them, or to a picture, the nearest first.
 * @throws UnusableFile saying why the file is no picture
 */
export async function nearestTo(explored: ExploredImages, query: number | Blob, most: number): Promise<Found[]> {
  const { rows } = explored;
  const unit = typeof query === 'number' ? rowAt(rows, query) : await rowOfFile(explored, query);
  const similarities = await similaritiesTo(rows, unit);
  const own = typeof query === 'number' ? query : -1;
  return Array.from(similarities, (similarity, image): Found => ({ image, similarity }))
    .filter(({ image }) => image !== own)
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, most);
}

function rowAt({ data, n, d }: FeatureRows, index: number): Float32Array {
  if (!(Number.isInteger(index) && index >= 0 && index < n)) throw new RangeError(`There is no image ${index}.`);
  return data.slice(index * d, (index + 1) * d);
}

async function similaritiesTo(rows: FeatureRows, unit: Float32Array): Promise<Float32Array> {
  const products = deviceProducts(rows);
  try {
    return await products.times(unit, 1);
  } finally {
    products.dispose();
  }
}

/** The features, of length 1, of a picture from a file. */
async function rowOfFile({ weights, mean }: ExploredImages, file: Blob): Promise<Float32Array> {
  const { decodeFile } = await import('./decodeFile');
  const image = await decodeFile(file, weights?.config ?? null);
  if (weights === null) {
    const colours = new Uint8Array(3 * AREA);
    writePictureCopy(image.pixels, image.widths[0], image.heights[0], colours);
    return unitRows(pixelFeatures({ count: 1, colours }, mean ?? undefined).features).data;
  }
  const encoder = new FrozenEncoder(weights);
  try {
    return unitRows(await encoder.features(image, {}, () => undefined)).data;
  } finally {
    encoder.dispose();
  }
}
