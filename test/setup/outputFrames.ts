import { toHalves } from '../../src/domain/halfPrecision';
import { COSINE_BINS, type FrameImages, type OutputCloud, type OutputFrame } from '../../src/domain/outputFrame';
import { seededRandom } from '../../src/engine/random';

/** Shapes that the outputs of real runs take. */
export type Shape = 'untrained' | 'healthy' | 'collapsed' | 'dimensional';

const CLASSES = 5;

type Vector = readonly [number, number, number];

function unit([x, y, z]: Vector): Vector {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

/** Where image `i` of `count` lies: a broad cap, a ring on which the classes come apart, one point, or two opposite clumps. */
function pointOf(shape: Shape, i: number, count: number, noise: () => number): Vector {
  const spread = (scale: number): Vector => [scale * noise(), scale * noise(), scale * noise()];
  const near = ([x, y, z]: Vector, scale: number): Vector => {
    const [a, b, c] = spread(scale);
    return unit([x + a, y + b, z + c]);
  };
  switch (shape) {
    case 'untrained':
      return near([0, 0, 1], 0.9);
    case 'healthy': {
      const angle = (2 * Math.PI * ((i % CLASSES) + 0.6 * (i / count))) / CLASSES;
      return near([Math.cos(angle), Math.sin(angle), 0.5], 0.12);
    }
    case 'collapsed':
      return near([0, 0, 1], 0.01);
    case 'dimensional':
      return near([0, 0, i % 4 === 0 ? -1 : 1], 0.08);
    default:
      return shape satisfies never;
  }
}

/** The cloud of points on the sphere as a monitor measures it for d = 3. */
function cloudOf(points: readonly Vector[]): OutputCloud {
  const cosines = new Float32Array(COSINE_BINS);
  let [pairs, sum] = [0, 0];
  for (const [i, a] of points.entries()) {
    for (const b of points.slice(i + 1)) {
      const cosine = Math.max(-1, Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]));
      cosines[Math.min(COSINE_BINS - 1, Math.floor(((cosine + 1) / 2) * COSINE_BINS))]! += 1;
      sum += cosine;
      pairs += 1;
    }
  }
  // Directions of the shapes above lie along the axes closely enough for the lengths of the columns to stand for singular values.
  const columns = [0, 1, 2].map((c) =>
    Math.sqrt(points.reduce((total, point) => total + point[c]! ** 2, 0) / points.length),
  );
  const singularValues = Float32Array.from(columns.sort((a, b) => b - a));
  const total = singularValues.reduce((a, b) => a + b, 0);
  const entropy = singularValues.reduce((nats, s) => (s > 0 ? nats - (s / total) * Math.log(s / total) : nats), 0);
  return {
    points: toHalves(points.flat()),
    share: 1,
    cosines: cosines.map((count) => count / pairs),
    meanCosine: sum / pairs,
    singularValues,
    effectiveRank: Math.exp(entropy),
  };
}

/** A frame of that shape; p is null, and z and the features are the same. */
export function frameOf(shape: Shape, { step = 100, count = 60, seed = 1 } = {}): OutputFrame {
  const random = seededRandom(seed, 'test', shape);
  const points = Array.from({ length: count }, (_, i) => pointOf(shape, i, count, () => 2 * random.uniform() - 1));
  const z = cloudOf(points);
  return { step, z, p: null, features: z };
}

/** The images of such frames: indices from 100 on, in five classes. */
export function imagesOf(count = 60, dimensions = 3): FrameImages {
  return {
    indices: Uint32Array.from({ length: count }, (_, i) => 100 + i),
    labels: Int16Array.from({ length: count }, (_, i) => i % CLASSES),
    dimensions: { z: dimensions, p: dimensions, features: 64 },
  };
}
