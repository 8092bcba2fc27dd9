import { fromHalves, toHalves } from '../domain/halfPrecision';
import {
  COSINE_BINS,
  type FrameTrack,
  MOST_SINGULAR_VALUES,
  type OutputCloud,
  type OutputFrame,
  READINGS,
  type Reading,
} from '../domain/outputFrame';
import { z } from '../domain/zod';

/** Raised when frames are written in another way; those of other versions are left out. */
const VERSION = 1;
/** Numbers of a cloud in single precision: share, mean cosine and effective rank. */
const NUMBERS = 3;

/** The clouds of one reading, one frame after the other. Coordinates, cosines and singular values are half-precision numbers. */
interface StoredClouds {
  /** 1 for each frame that has this reading, else 0 [frames]. What such a frame lacks is filled with zeros. */
  readonly present: Uint8Array;
  /** [frames, images, 3] */
  readonly points: Uint16Array;
  /** [frames, COSINE_BINS] */
  readonly cosines: Uint16Array;
  /** [frames, any number up to MOST_SINGULAR_VALUES] */
  readonly singularValues: Uint16Array;
  /** [frames, NUMBERS] */
  readonly numbers: Float32Array;
}

/** A run's frames as the database holds them: a few typed arrays. No pictures. */
export interface StoredFrames {
  readonly version: number;
  readonly indices: Uint32Array;
  readonly labels: Int16Array;
  readonly dimensions: FrameTrack['images']['dimensions'];
  readonly steps: Uint32Array;
  readonly clouds: Readonly<Record<Reading, StoredClouds>>;
}

export function storedFrames({ images, frames }: FrameTrack): StoredFrames {
  const { indices, labels, dimensions } = images;
  return {
    version: VERSION,
    indices,
    labels,
    dimensions,
    steps: Uint32Array.from(frames, ({ step }) => step),
    clouds: byReading((reading) =>
      storedClouds(
        frames.map((frame) => frame[reading]),
        indices.length,
      ),
    ),
  };
}

function byReading<T>(of: (reading: Reading) => T): Record<Reading, T> {
  return Object.fromEntries(READINGS.map((reading) => [reading, of(reading)])) as Record<Reading, T>;
}

function storedClouds(clouds: readonly (OutputCloud | null)[], images: number): StoredClouds {
  const values = Math.max(0, ...clouds.map((cloud) => cloud?.singularValues.length ?? 0));
  const stored = {
    present: Uint8Array.from(clouds, (cloud) => (cloud === null ? 0 : 1)),
    points: new Uint16Array(clouds.length * images * 3),
    cosines: new Uint16Array(clouds.length * COSINE_BINS),
    singularValues: new Uint16Array(clouds.length * values),
    numbers: new Float32Array(clouds.length * NUMBERS),
  };
  clouds.forEach((cloud, at) => {
    if (cloud === null) return;
    stored.points.set(cloud.points, at * images * 3);
    stored.cosines.set(toHalves(cloud.cosines), at * COSINE_BINS);
    stored.singularValues.set(toHalves(cloud.singularValues), at * values);
    stored.numbers.set([cloud.share, cloud.meanCosine, cloud.effectiveRank], at * NUMBERS);
  });
  return stored;
}

const dimension = z.int().min(1);
const schema = z.object({
  version: z.literal(VERSION),
  indices: z.instanceof(Uint32Array),
  labels: z.instanceof(Int16Array),
  dimensions: z.object({ z: dimension, p: dimension, features: dimension }),
  steps: z.instanceof(Uint32Array),
  clouds: z.object(
    byReading(() =>
      z.object({
        present: z.instanceof(Uint8Array),
        points: z.instanceof(Uint16Array),
        cosines: z.instanceof(Uint16Array),
        singularValues: z.instanceof(Uint16Array),
        numbers: z.instanceof(Float32Array),
      }),
    ),
  ),
});

/** A stored value as frames; null where there are none, and where they are damaged or of another version of the page. */
export function parseFrames(value: unknown): FrameTrack | null {
  const parsed = schema.safeParse(value);
  if (!parsed.success || !isWhole(parsed.data)) return null;
  const { indices, labels, dimensions, steps, clouds } = parsed.data;
  const frames = Array.from(steps, (step, at): OutputFrame | null => {
    const [ofZ, ofP, features] = READINGS.map((reading) => cloudAt(clouds[reading], at, steps.length));
    return ofZ && features ? { step, z: ofZ, p: ofP ?? null, features } : null;
  });
  if (frames.some((frame) => frame === null)) return null;
  return {
    images: { indices: indices.slice(), labels: labels.slice(), dimensions },
    frames: frames.filter((frame) => frame !== null),
  };
}

/** Whether the arrays have the lengths that belong together, and the steps rise. */
function isWhole({ indices, labels, steps, clouds }: StoredFrames): boolean {
  const [images, count] = [indices.length, steps.length];
  return (
    images > 0 &&
    count > 0 &&
    labels.length === images &&
    steps.every((step, i) => i === 0 || step > (steps[i - 1] ?? 0)) &&
    READINGS.every((reading) => {
      const { present, points, cosines, singularValues, numbers } = clouds[reading];
      return (
        present.length === count &&
        points.length === count * images * 3 &&
        cosines.length === count * COSINE_BINS &&
        singularValues.length % count === 0 &&
        singularValues.length <= count * MOST_SINGULAR_VALUES &&
        numbers.length === count * NUMBERS &&
        numbers.every(Number.isFinite)
      );
    })
  );
}

function cloudAt(stored: StoredClouds, at: number, count: number): OutputCloud | null {
  if (stored.present[at] !== 1) return null;
  const part = <T extends Uint16Array | Float32Array>(values: T) => {
    const length = values.length / count;
    return values.slice(at * length, (at + 1) * length);
  };
  const [share = 0, meanCosine = 0, effectiveRank = 0] = part(stored.numbers);
  return {
    points: Uint16Array.from(part(stored.points)),
    share,
    cosines: fromHalves(Uint16Array.from(part(stored.cosines))),
    meanCosine,
    singularValues: fromHalves(Uint16Array.from(part(stored.singularValues))),
    effectiveRank,
  };
}
