import { between } from './glide';

/** The longest piece of an arc that is drawn straight, in radians. */
const PIECE = 0.2;

/** A line over the sphere as its points [n, 3]. */
export type SphereLine = Float32Array;

/** The arcs of great circles from each of some points to another [N, 3]. Arcs too short to be seen, and those from or to NaN, are left out. */
export function arcsBetween(from: Float32Array, to: Float32Array): SphereLine[] {
  const arcs: SphereLine[] = [];
  for (let at = 0; at + 2 < Math.min(from.length, to.length); at += 3) {
    const [start, end] = [from.subarray(at, at + 3), to.subarray(at, at + 3)];
    const angle = Math.acos(Math.max(-1, Math.min(1, start[0] * end[0] + start[1] * end[1] + start[2] * end[2])));
    if (!(angle > 0.02)) continue;
    const pieces = Math.ceil(angle / PIECE);
    const arc = new Float32Array(3 * (pieces + 1));
    for (let piece = 0; piece <= pieces; piece++) {
      between(start, end, piece / pieces, arc.subarray(3 * piece, 3 * piece + 3));
    }
    arcs.push(arc);
  }
  return arcs;
}

const MERIDIANS = 6;
const PARALLELS = [-60, -30, 0, 30, 60];
const CIRCLE_PIECES = 48;

/** Meridians and parallels every 30 degrees, about the third axis. */
export const GRATICULE: readonly SphereLine[] = [
  ...Array.from({ length: MERIDIANS }, (_, i) => {
    const longitude = (Math.PI * i) / MERIDIANS;
    return circle((angle) => {
      const ring = Math.cos(angle);
      return [ring * Math.cos(longitude), ring * Math.sin(longitude), Math.sin(angle)];
    });
  }),
  ...PARALLELS.map((degrees) => {
    const latitude = (Math.PI * degrees) / 180;
    return circle((angle) => [
      Math.cos(latitude) * Math.cos(angle),
      Math.cos(latitude) * Math.sin(angle),
      Math.sin(latitude),
    ]);
  }),
];

function circle(pointAt: (angle: number) => readonly [number, number, number]): SphereLine {
  const line = new Float32Array(3 * (CIRCLE_PIECES + 1));
  for (let piece = 0; piece <= CIRCLE_PIECES; piece++) {
    line.set(pointAt((2 * Math.PI * piece) / CIRCLE_PIECES), 3 * piece);
  }
  return line;
}
