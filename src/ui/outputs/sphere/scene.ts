/** Tiles keep their full size up to this many images on a sphere of that radius in pixels; more images, or a smaller sphere, get smaller ones. */
const FULL_SIZE = { images: 150, radius: 196, side: 32 };
/** Below this, a picture cannot be recognised. */
const LEAST_SIDE = 18;
/** Sides of tiles relative to that of the foremost: at the rim in front, at the rim behind, and at the very back. */
const RIM_FRONT = 0.75;
const RIM_BACK = 0.69;
const FAR_BACK = 0.59;

/** The side in pixels of the foremost tile, by the number of images and the radius in pixels. */
export function tileSide(images: number, radius: number): number {
  const crowding = Math.sqrt(FULL_SIZE.images / Math.max(1, images)) * (radius / FULL_SIZE.radius);
  return Math.max(LEAST_SIDE, FULL_SIZE.side * Math.min(1, crowding));
}

/** The side of a tile relative to the foremost, by its depth: 1 is nearest to the viewer, -1 farthest. */
export function relativeSide(depth: number): number {
  return depth >= 0 ? RIM_FRONT + (1 - RIM_FRONT) * depth : RIM_BACK + (RIM_BACK - FAR_BACK) * depth;
}

/** The images by depth, the farthest first; those that are NaN are left out. `turned` holds points [N, 3] on the screen's axes. */
export function byDepth(turned: Float32Array): Uint16Array {
  const order: number[] = [];
  for (let i = 0; 3 * i + 2 < turned.length; i++) if (!Number.isNaN(turned[3 * i + 2])) order.push(i);
  return Uint16Array.from(order.sort((a, b) => turned[3 * a + 2] - turned[3 * b + 2]));
}

/**
 * The foremost image whose tile covers a place on the screen, in units of the radius from the middle, y up; null where there is none.
 * @param side of the foremost tile in units of the radius
 */
export function imageAt(turned: Float32Array, order: Uint16Array, x: number, y: number, side: number): number | null {
  for (let place = order.length - 1; place >= 0; place--) {
    const i = order[place];
    const half = (side * relativeSide(turned[3 * i + 2])) / 2;
    if (Math.abs(turned[3 * i] - x) <= half && Math.abs(turned[3 * i + 1] - y) <= half) return i;
  }
  return null;
}

/** The `count` other images that lie nearest to one in the picture. */
export function nearestTo(points: Float32Array, image: number, count: number): ReadonlySet<number> {
  const at = 3 * image;
  const cosine = (i: number) =>
    points[3 * i] * points[at] + points[3 * i + 1] * points[at + 1] + points[3 * i + 2] * points[at + 2];
  const others: { readonly i: number; readonly cosine: number }[] = [];
  for (let i = 0; 3 * i + 2 < points.length; i++) {
    if (i !== image && !Number.isNaN(cosine(i))) others.push({ i, cosine: cosine(i) });
  }
  others.sort((a, b) => b.cosine - a.cosine);
  return new Set(others.slice(0, count).map(({ i }) => i));
}
