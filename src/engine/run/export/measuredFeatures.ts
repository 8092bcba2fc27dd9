import * as tf from '@tensorflow/tfjs';
import { COMPARED, type Compared, type OfEach } from '../../../domain/bottomLine';
import type { FeatureRows, LabelledFeatures } from '../../../domain/features';
import { NO_LABEL } from '../../../domain/imageDataset';
import type { RunConfig } from '../../../domain/runConfig';
import type { ImageSource } from '../../images/imageSource';
import { type TrainingImages, withPixels } from '../../images/pictureCache';
import { readOnce } from '../../kernels/runtime/readOnce';
import { centre } from '../../monitors/rawPixels';
import { seededRandom } from '../../random';
import type { Pace } from '../project/pace';
import type { FrozenEncoder } from './frozenEncoder';
import type { MeasuredImages } from './measuredImages';

/** Images read, or viewed, at once. The views do not depend on how fast the machine is. */
const AT_ONCE = 32;
/** About the longest time in milliseconds for which embedding may hold up the thread. */
const BLOCK_MS = 30;
/**
 * Side in pixels, at most, of the pictures whose pixels are compared. Raw pixels of Fashion-MNIST are as good at this size as at 32, and far
 * better than at 8, by the linear probe.
 */
const PIXELS_SIDE = 16;

/** Features of the first and of the second view of the same images. */
export type ViewPair = readonly [FeatureRows, FeatureRows];

/** What embeds the same pictures. */
export type ComparedEncoders = Omit<OfEach<FrozenEncoder>, 'rawPixels'>;

/** Both views of each image, drawn as the settings' augmentation draws them, by each encoder, and their pixels minus their mean. */
export async function viewFeatures(
  viewed: Uint32Array,
  source: ImageSource,
  { augment, seed }: RunConfig,
  encoders: ComparedEncoders,
  pace: Pace,
): Promise<OfEach<ViewPair>> {
  const random = seededRandom(seed, 'measured', 'views');
  const found: Record<Compared, [Float32Array[], Float32Array[]]> = {
    trained: [[], []],
    given: [[], []],
    untrained: [[], []],
    rawPixels: [[], []],
  };
  for (let start = 0; start < viewed.length; start += AT_ONCE) {
    const indices = viewed.subarray(start, start + AT_ONCE);
    const views = await withPixels(source.dataset, indices, () => source.views(indices, augment, random));
    try {
      for (const [i, view] of views.entries()) {
        await pace.between();
        found.rawPixels[i].push(pooled(await view.data<'float32'>(), source.side));
        for (const kind of COMPARED) {
          const encoder = kind === 'rawPixels' ? undefined : encoders[kind];
          if (encoder === undefined) continue;
          const rows = await encoder.embedViews(view, source.normalisation, BLOCK_MS, () => pace.between());
          found[kind][i].push(rows.data);
          pace.done(rows.n);
        }
      }
    } finally {
      tf.dispose(views);
    }
  }
  const rowsOf = (parts: readonly Float32Array[]) => joined(parts, viewed.length);
  const pair = ([a, b]: readonly [Float32Array[], Float32Array[]]): ViewPair => [rowsOf(a), rowsOf(b)];
  const [a, b] = centre(pair(found.rawPixels));
  return {
    trained: pair(found.trained),
    ...(encoders.given !== undefined && { given: pair(found.given) }),
    untrained: pair(found.untrained),
    rawPixels: [a, b],
  };
}

/** Pictures [N, side, side, 3] as rows of pixels, averaged over squares so that their side is at most `PIXELS_SIDE`. */
function pooled(pixels: Float32Array, side: number): Float32Array {
  const factor = Math.ceil(side / PIXELS_SIDE);
  if (factor === 1) return Float32Array.from(pixels);
  const small = Math.floor(side / factor);
  const count = pixels.length / (3 * side * side);
  const rows = new Float32Array(count * small * small * 3);
  for (let i = 0; i < count; i++) {
    for (let y = 0; y < small * factor; y++) {
      for (let x = 0; x < small * factor; x++) {
        const to = 3 * ((i * small + Math.floor(y / factor)) * small + Math.floor(x / factor));
        const from = 3 * ((i * side + y) * side + x);
        for (let c = 0; c < 3; c++) rows[to + c] += pixels[from + c] / factor ** 2;
      }
    }
  }
  return rows;
}

function joined(parts: readonly Float32Array[], n: number): FeatureRows {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const data = new Float32Array(length);
  let start = 0;
  for (const part of parts) {
    data.set(part, start);
    start += part.length;
  }
  return { data, n, d: length / n };
}

/** The features of the labelled images, not augmented. */
export async function labelledFeatures(
  encoder: FrozenEncoder,
  images: TrainingImages,
  measured: MeasuredImages,
  pace: Pace,
): Promise<LabelledFeatures> {
  const rowsOf = (indices: Uint32Array): Promise<FeatureRows> =>
    encoder.features(images, { indices, blockMs: BLOCK_MS }, (count) => {
      pace.done(count);
      return pace.between();
    });
  return labelled(images, measured, await rowsOf(measured.train), await rowsOf(measured.test));
}

/** The pixels of the labelled images, scaled to `PIXELS_SIDE` at most, minus the mean of those for training. */
export async function labelledPixels(
  source: ImageSource,
  measured: MeasuredImages,
  pace: Pace,
): Promise<LabelledFeatures> {
  const rowsOf = async (indices: Uint32Array): Promise<FeatureRows> => {
    const parts: Float32Array[] = [];
    for (let start = 0; start < indices.length; start += AT_ONCE) {
      await pace.between();
      const part = indices.subarray(start, start + AT_ONCE);
      const pictures = await withPixels(source.dataset, part, () =>
        source.unnormalised(part, Math.min(PIXELS_SIDE, source.side)),
      );
      parts.push(Float32Array.from(await readOnce(pictures)));
    }
    return joined(parts, indices.length);
  };
  const [train, test] = centre([await rowsOf(measured.train), await rowsOf(measured.test)]);
  return labelled(source.dataset, measured, train, test);
}

function labelled(
  { labels, classNames }: Pick<TrainingImages, 'labels' | 'classNames'>,
  measured: MeasuredImages,
  train: FeatureRows,
  test: FeatureRows,
): LabelledFeatures {
  const labelsOf = (indices: Uint32Array) => Int16Array.from(indices, (i) => labels?.[i] ?? NO_LABEL);
  return { train, trainLabels: labelsOf(measured.train), test, testLabels: labelsOf(measured.test), classNames };
}
