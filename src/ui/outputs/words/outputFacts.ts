import type { FrameImages, OutputCloud, OutputFrame, Reading } from '../../../domain/outputFrame';
import { centreOf, pointsOf } from '../sphere/points';

/** The numbers of a frame that its sentence is made of. */
export interface OutputFacts {
  readonly images: number;
  /** Images whose point is a number. */
  readonly placed: number;
  readonly dimensions: number;
  /** The largest effective rank there can be. */
  readonly rankBound: number;
  readonly share: number;
  readonly meanCosine: number;
  readonly effectiveRank: number;
  /** Length of the centre of the points in the picture: 1 for one pile. */
  readonly concentration: number;
  /** The angle around the centre's direction in degrees within which all points lie, and 95 % of them; NaN without a point. */
  readonly allWithin: number;
  readonly mostWithin: number;
}

/** The cloud of a reading; null where the method has no predictor and p is read. */
export function cloudOf(frame: OutputFrame, reading: Reading): OutputCloud | null {
  return frame[reading];
}

const DEGREES = 180 / Math.PI;
const MOST = 0.95;

/** The facts of a frame in one reading; null where the frame does not have it. */
export function outputFacts(
  frame: OutputFrame,
  { indices, dimensions }: Pick<FrameImages, 'indices' | 'dimensions'>,
  reading: Reading,
): OutputFacts | null {
  const cloud = cloudOf(frame, reading);
  if (cloud === null) return null;
  const points = pointsOf(cloud.points);
  const centre = centreOf(points);
  const concentration = Math.hypot(...centre);
  const angles: number[] = [];
  for (let at = 0; at + 2 < points.length; at += 3) {
    const dot = points[at] * centre[0] + points[at + 1] * centre[1] + points[at + 2] * centre[2];
    if (Number.isNaN(dot)) continue;
    angles.push(DEGREES * Math.acos(Math.max(-1, Math.min(1, dot / concentration))));
  }
  angles.sort((a, b) => a - b);
  return {
    images: indices.length,
    placed: angles.length,
    dimensions: dimensions[reading],
    rankBound: Math.min(indices.length, dimensions[reading]),
    share: cloud.share,
    meanCosine: cloud.meanCosine,
    effectiveRank: cloud.effectiveRank,
    concentration,
    allWithin: angles[angles.length - 1] ?? Number.NaN,
    mostWithin: angles[Math.max(0, Math.ceil(MOST * angles.length) - 1)] ?? Number.NaN,
  };
}
