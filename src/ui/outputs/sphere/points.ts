/** A half-precision number from its bits (IEEE 754 binary16). */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * The points of a cloud [N, 3], at a distance of exactly 1: half precision leaves them up to a thousandth off. A point that is not finite,
 * or lies at the centre, has no direction and becomes NaN.
 */
export function pointsOf(halves: Uint16Array): Float32Array {
  const points = new Float32Array(halves.length);
  for (let at = 0; at + 2 < halves.length; at += 3) {
    const [x, y, z] = [fromHalf(halves[at]), fromHalf(halves[at + 1]), fromHalf(halves[at + 2])];
    const length = Math.hypot(x, y, z);
    points[at] = x / length;
    points[at + 1] = y / length;
    points[at + 2] = z / length;
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
