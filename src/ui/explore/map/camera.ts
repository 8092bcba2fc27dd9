/** What a map shows: the place in its middle, and CSS pixels for each unit of the map. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** In CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Free on each side when the whole map is shown, in CSS pixels. */
const MARGIN = 44;
/** How far one can go beyond the whole map, and into it. */
const [LEAST_ZOOM, MOST_ZOOM] = [0.5, 400];

/** The bounds of positions [n, 2]; a square around the origin where there are none. */
export function boundsOf(positions: Float32Array): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i += 2) {
    const [x, y] = [positions[i], positions[i + 1]];
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return left > right ? { left: -1, top: -1, right: 1, bottom: 1 } : { left, top, right, bottom };
}

/** The camera that shows all within the bounds. */
export function fitted({ left, top, right, bottom }: Bounds, { width, height }: Size): Camera {
  const [wide, high] = [Math.max(1e-6, right - left), Math.max(1e-6, bottom - top)];
  const scale = Math.min(Math.max(1, width - 2 * MARGIN) / wide, Math.max(1, height - 2 * MARGIN) / high);
  return { x: (left + right) / 2, y: (top + bottom) / 2, scale };
}

/** The place on the screen of a place of the map. */
export function toScreen({ x, y, scale }: Camera, { width, height }: Size, at: readonly [number, number]) {
  return [(at[0] - x) * scale + width / 2, (at[1] - y) * scale + height / 2] as const;
}

/** The place of the map at a place on the screen. */
export function toMap({ x, y, scale }: Camera, { width, height }: Size, at: readonly [number, number]) {
  return [(at[0] - width / 2) / scale + x, (at[1] - height / 2) / scale + y] as const;
}

/**
 * Zooms by a factor; what is under `at` on the screen stays there.
 * @param whole the scale at which the whole map is shown, by which zooming is limited
 */
export function zoomed(
  camera: Camera,
  size: Size,
  at: readonly [number, number],
  factor: number,
  whole: number,
): Camera {
  const scale = Math.max(LEAST_ZOOM * whole, Math.min(MOST_ZOOM * whole, camera.scale * factor));
  const [x, y] = toMap(camera, size, at);
  const share = 1 - camera.scale / scale;
  return { x: camera.x + (x - camera.x) * share, y: camera.y + (y - camera.y) * share, scale };
}

/** Moves what is shown by CSS pixels. */
export function panned({ x, y, scale }: Camera, right: number, down: number): Camera {
  return { x: x - right / scale, y: y - down / scale, scale };
}
