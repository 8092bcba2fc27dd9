import type { Bounds } from './camera';

/** A closed outline [m, 2], as numbers in turn. */
export type Outline = readonly number[];

function boundsOfOutline(outline: Outline): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < outline.length; i += 2) {
    left = Math.min(left, outline[i]);
    right = Math.max(right, outline[i]);
    top = Math.min(top, outline[i + 1]);
    bottom = Math.max(bottom, outline[i + 1]);
  }
  return { left, top, right, bottom };
}

/** Whether a point lies inside: whether a ray from it crosses the outline an odd number of times. */
export function isInside(outline: Outline, x: number, y: number): boolean {
  let inside = false;
  const count = outline.length;
  for (let i = 0, j = count - 2; i < count; j = i, i += 2) {
    const [x1, y1, x2, y2] = [outline[i], outline[i + 1], outline[j], outline[j + 1]];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

/** The points of positions [n, 2] inside an outline in the same units. */
export function pointsInside(outline: Outline, positions: Float32Array): number[] {
  const { left, top, right, bottom } = boundsOfOutline(outline);
  const inside: number[] = [];
  for (let i = 0; 2 * i < positions.length; i++) {
    const [x, y] = [positions[2 * i], positions[2 * i + 1]];
    if (x < left || x > right || y < top || y > bottom) continue;
    if (isInside(outline, x, y)) inside.push(i);
  }
  return inside;
}
