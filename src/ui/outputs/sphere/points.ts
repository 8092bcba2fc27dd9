import { halfValue } from '../../../domain/halfPrecision';

/**
 * The points of a cloud [N, 3], at a distance of exactly 1: half precision leaves them up to a thousandth off. A point that is not finite,
 * or lies at the centre, has no direction and becomes NaN.
 */
export function pointsOf(halves: Uint16Array): Float32Array {
  const points = new Float32Array(halves.length);
  for (let at = 0; at + 2 < halves.length; at += 3) {
    const [x, y, z] = [halfValue(halves[at]), halfValue(halves[at + 1]), halfValue(halves[at + 2])];
    const length = Math.hypot(x, y, z);
    const hasDirection = length > 0 && Number.isFinite(length);
    points[at] = hasDirection ? x / length : Number.NaN;
    points[at + 1] = hasDirection ? y / length : Number.NaN;
    points[at + 2] = hasDirection ? z / length : Number.NaN;
  }
  return points;
}

/** The centre of the points, which is at most 1 from the origin: near 1 for one pile, near 0 for directions that cancel. NaN points do not count. */
export function centreOf(points: Float32Array): readonly [number, number, number] {
  let [x, y, z, count] = [0, 0, 0, 0];
  for (let at = 0; at + 2 < points.length; at += 3) {
    if (Number.isNaN(points[at])) continue;
    x += points[at];
    y += points[at + 1];
    z += points[at + 2];
    count += 1;
  }
  return count === 0 ? [0, 0, 0] : [x / count, y / count, z / count];
}
