import { type Bounds, type Camera, fitted, type Size, toScreen } from './camera';
import { channels } from './colours';

/** The sides of the overview in CSS pixels. */
export const OVERVIEW: Size = { width: 148, height: 120 };
/** More points would cover each other. */
const MOST_POINTS = 8000;

/** The camera of the overview, which always shows the whole map. */
function overviewCamera(bounds: Bounds): Camera {
  const { x, y } = fitted(bounds, OVERVIEW);
  const scale = Math.min(
    (OVERVIEW.width - 12) / Math.max(1e-6, bounds.right - bounds.left),
    (OVERVIEW.height - 12) / Math.max(1e-6, bounds.bottom - bounds.top),
  );
  return { x, y, scale };
}

/** Draws the whole map small: a pixel for each of at most some thousand images. */
export function drawOverview(
  canvas: HTMLCanvasElement,
  bounds: Bounds,
  positions: Float32Array,
  indices: Uint8Array,
  colours: readonly string[],
): void {
  const { width, height } = OVERVIEW;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const picture = context.createImageData(width, height);
  const camera = overviewCamera(bounds);
  const inks = colours.map(channels);
  const count = positions.length / 2;
  const step = Math.max(1, Math.ceil(count / MOST_POINTS));
  for (let i = 0; i < count; i += step) {
    const [x, y] = toScreen(camera, OVERVIEW, [positions[2 * i], positions[2 * i + 1]]);
    const ink = inks[indices[i] ?? 0];
    if (ink === undefined || !(x >= 0 && x < width && y >= 0 && y < height)) continue;
    const at = 4 * (Math.floor(y) * width + Math.floor(x));
    picture.data.set([...ink, 255], at);
  }
  context.putImageData(picture, 0, 0);
}

/** Where the part that a camera shows lies in the overview, in CSS pixels. */
export function frameIn(
  bounds: Bounds,
  camera: Camera,
  size: Size,
): { left: number; top: number; right: number; bottom: number } {
  const small = overviewCamera(bounds);
  const [halfWidth, halfHeight] = [size.width / 2 / camera.scale, size.height / 2 / camera.scale];
  const [left, top] = toScreen(small, OVERVIEW, [camera.x - halfWidth, camera.y - halfHeight]);
  const [right, bottom] = toScreen(small, OVERVIEW, [camera.x + halfWidth, camera.y + halfHeight]);
  return {
    left: Math.max(0, left),
    top: Math.max(0, top),
    right: Math.min(OVERVIEW.width, right),
    bottom: Math.min(OVERVIEW.height, bottom),
  };
}

/** The place of the map at a place in the overview. */
export function mapPlaceAt(bounds: Bounds, x: number, y: number): readonly [number, number] {
  const { x: middleX, y: middleY, scale } = overviewCamera(bounds);
  return [(x - OVERVIEW.width / 2) / scale + middleX, (y - OVERVIEW.height / 2) / scale + middleY];
}
