import { centreOf } from './points';
import { type Rotation, turned } from './rotation';

/** A centre nearer to the origin than this is that of directions that cancel. */
const CANCELLED = 0.1;
/** How far above the middle the leading direction is shown, in radians. */
const TILT = (30 * Math.PI) / 180;

type Vector = readonly [number, number, number];

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(a: Vector): Vector {
  const length = Math.hypot(...a);
  return [a[0] / length, a[1] / length, a[2] / length];
}

/** The uncentred second moment of the points, as its rows. */
function secondMoment(points: Float32Array): readonly [Vector, Vector, Vector] {
  const sum = new Float64Array(9);
  for (let at = 0; at + 2 < points.length; at += 3) {
    if (Number.isNaN(points[at])) continue;
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 3; column++) sum[3 * row + column] += points[at + row] * points[at + column];
    }
  }
  return [
    [sum[0], sum[1], sum[2]],
    [sum[3], sum[4], sum[5]],
    [sum[6], sum[7], sum[8]],
  ];
}

/** The direction to which most points lie: that of their centre, or, where that cancels, the leading one of their second moment. */
function leading(points: Float32Array, moment: readonly [Vector, Vector, Vector]): Vector {
  const centre = centreOf(points);
  if (Math.hypot(...centre) >= CANCELLED) return unit(centre);
  let direction: Vector = unit([1, 0.9, 0.8]);
  for (let turn = 0; turn < 60; turn++) {
    const next: Vector = [dot(moment[0], direction), dot(moment[1], direction), dot(moment[2], direction)];
    if (!(Math.hypot(...next) > 0)) return [0, 0, 1];
    direction = unit(next);
  }
  return direction;
}

/**
 * The side from which the outputs are first looked at, chosen by their own directions, so that it is the same for every d: the leading
 * direction is 30 degrees above the middle, and the widest direction across it lies horizontally. Straight down the leading direction, a
 * collapse would lie in the middle like a cap seen from above, and of two opposite clumps one would hide the other. From 30 degrees
 * aside, a collapse is a pile on the front, a healthy ring or cap is open to the viewer, and of two opposite clumps one lies on the upper
 * front and one on the lower back.
 */
export function defaultView(points: Float32Array): Rotation {
  const moment = secondMoment(points);
  const main = leading(points, moment);
  // Two directions across the leading one, and the angle between them at which the points are widest.
  const helper: Vector = Math.abs(main[0]) < 0.7 ? [1, 0, 0] : [0, 1, 0];
  const first = unit(cross(helper, main));
  const second = cross(main, first);
  const applied = (a: Vector): Vector => [dot(moment[0], a), dot(moment[1], a), dot(moment[2], a)];
  const [aa, ab, bb] = [dot(first, applied(first)), dot(first, applied(second)), dot(second, applied(second))];
  const angle = Math.atan2(2 * ab, aa - bb) / 2;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const wide: Vector = [
    cosine * first[0] + sine * second[0],
    cosine * first[1] + sine * second[1],
    cosine * first[2] + sine * second[2],
  ];
  const up = cross(main, wide);
  return turned([...wide, ...up, ...main], 0, TILT);
}
