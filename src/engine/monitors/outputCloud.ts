import type { FeatureRows } from '../../domain/features';
import { toHalves } from '../../domain/halfPrecision';
import { MOST_SINGULAR_VALUES, type OutputCloud } from '../../domain/outputFrame';
import { cosineHistogram, meanCosine } from './cosineHistogram';
import { rankOfSingularValues } from './effectiveRank';
import { allFinite, checkRows, normaliseRows } from './featureRows';
import { type LeadingDirections, leadingDirections } from './leadingDirections';
import { procrustes } from './procrustes';
import { gramOfRows, type SmallerGram, singularValuesOf, smallerGram } from './singularValues';

const DIMENSIONS = 3;
/** Below this norm a projection has no direction; its point is the origin. */
const MIN_NORM = 1e-9;
/**
 * How much the agreement of the directions counts beside that of the points when a cloud is turned to fit the one before. Points that nearly
 * coincide leave the turn about themselves open to their noise; the directions decide it then.
 */
const WEIGHT_OF_DIRECTIONS = 1e-3;

/** What the next cloud of the same images is turned by. */
export interface CloudPose {
  /** [n, 3] */
  readonly points: Float64Array;
  readonly leading: LeadingDirections;
  /** The directions of the three axes [size, 3]. */
  readonly axes: Float64Array;
}

export interface PosedCloud {
  readonly cloud: OutputCloud;
  /** null for d <= 3, where the points are not turned. */
  readonly pose: CloudPose | null;
}

/**
 * The picture of n outputs: see `OutputCloud`.
 * @param before the pose of the cloud before, of the same images and dimensions; null for the first
 * @returns null where an output is not finite
 */
export function outputCloud(outputs: FeatureRows, before: CloudPose | null): PosedCloud | null {
  checkRows(outputs, 'outputs');
  const { data, n, d } = outputs;
  if (!allFinite(data)) return null;
  const rows = normaliseRows(outputs);
  const gram = smallerGram(rows, n, d);
  const cosines = n <= d ? cosineHistogram(gram.gram, n) : cosineHistogram(gramOfRows(rows, n, d), n);
  const projected = d <= DIMENSIONS ? null : project(rows, n, d, gram, before);
  // Last, since it overwrites the Gram matrix.
  const values = singularValuesOf(gram, n, d);
  const cloud: OutputCloud = {
    points: toHalves(projected?.points ?? padded(rows, n, d)),
    share: projected?.share ?? 1,
    cosines,
    meanCosine: meanCosine(rows, n, d),
    singularValues: Float32Array.from(values.subarray(0, MOST_SINGULAR_VALUES), (value) => value / Math.sqrt(n)),
    effectiveRank: rankOfSingularValues(values),
  };
  return { cloud, pose: projected };
}

/** Rows of d <= 3 numbers, filled up with zeros [n, 3]. */
function padded(rows: Float64Array, n: number, d: number): Float64Array {
  const points = new Float64Array(n * DIMENSIONS);
  for (let i = 0; i < n; i++) points.set(rows.subarray(i * d, (i + 1) * d), i * DIMENSIONS);
  return points;
}

/** The rows on their three leading uncentred directions, divided by their norm and turned to fit the cloud before. */
function project(
  rows: Float64Array,
  n: number,
  d: number,
  { gram, size }: SmallerGram,
  before: CloudPose | null,
): CloudPose & { readonly share: number } {
  const known = before?.points.length === n * DIMENSIONS && before.axes.length === size * DIMENSIONS ? before : null;
  const leading = leadingDirections(mirrored(gram, size), size, known?.leading ?? null);
  const { coordinates, share } = coordinatesOf(rows, n, d, leading);
  const directions = firstColumns(leading, size);
  const turn = known === null ? null : turnOnto(known, coordinates, directions);
  return {
    points: turn === null ? coordinates : turned(coordinates, turn),
    leading,
    axes: turn === null ? directions : turned(directions, turn),
    share,
  };
}

function mirrored(lower: Float64Array, size: number): Float64Array {
  const full = Float64Array.from(lower);
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) full[j * size + i] = full[i * size + j];
  return full;
}

/** The three leading directions [size, 3]; zeros where there are fewer. */
function firstColumns({ directions, count }: LeadingDirections, size: number): Float64Array {
  const out = new Float64Array(size * DIMENSIONS);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < Math.min(count, DIMENSIONS); k++) out[i * DIMENSIONS + k] = directions[i * count + k];
  }
  return out;
}

/** Unit coordinates [n, 3], and the mean squared norm before the division. */
function coordinatesOf(
  rows: Float64Array,
  n: number,
  d: number,
  { directions, eigenvalues, count }: LeadingDirections,
) {
  const coordinates = new Float64Array(n * DIMENSIONS);
  const used = Math.min(count, DIMENSIONS);
  let all = 0;
  for (let i = 0; i < n; i++) {
    let squares = 0;
    for (let k = 0; k < used; k++) {
      let value = 0;
      // Where n <= d the directions are those of the images: X v = s u.
      if (n <= d) value = Math.sqrt(eigenvalues[k]) * directions[i * count + k];
      else for (let c = 0; c < d; c++) value += rows[i * d + c] * directions[c * count + k];
      coordinates[i * DIMENSIONS + k] = value;
      squares += value * value;
    }
    const norm = Math.sqrt(squares);
    for (let k = 0; k < used; k++) {
      coordinates[i * DIMENSIONS + k] = norm < MIN_NORM ? 0 : coordinates[i * DIMENSIONS + k] / norm;
    }
    all += squares;
  }
  return { coordinates, share: n === 0 ? 0 : Math.min(1, all / n) };
}

/** The turn or reflection [3, 3] that brings the points and the directions nearest to those before. */
function turnOnto(before: CloudPose, points: Float64Array, directions: Float64Array): Float64Array {
  const byPoints = crossProduct(before.points, points);
  const byDirections = crossProduct(before.axes, directions);
  const n = points.length / DIMENSIONS;
  return procrustes(byPoints.map((value, i) => value + WEIGHT_OF_DIRECTIONS * n * byDirections[i]));
}

/** a^T b [3, 3], for a and b [rows, 3]. */
function crossProduct(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(DIMENSIONS * DIMENSIONS);
  for (let at = 0; at < a.length; at += DIMENSIONS) {
    for (let i = 0; i < DIMENSIONS; i++) {
      for (let j = 0; j < DIMENSIONS; j++) out[i * DIMENSIONS + j] += a[at + i] * b[at + j];
    }
  }
  return out;
}

/** Each row [.., 3] times the transposed turn. */
function turned(rows: Float64Array, turn: Float64Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at += DIMENSIONS) {
    for (let i = 0; i < DIMENSIONS; i++) {
      let sum = 0;
      for (let j = 0; j < DIMENSIONS; j++) sum += turn[i * DIMENSIONS + j] * rows[at + j];
      out[at + i] = sum;
    }
  }
  return out;
}
