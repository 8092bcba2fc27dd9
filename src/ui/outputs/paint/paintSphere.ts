import { GRATICULE, type SphereLine } from '../sphere/arcs';
import { type Rotation, rotatePoints } from '../sphere/rotation';
import { relativeSide } from '../sphere/scene';
import { classColor, type Palette } from './palette';
import type { TileSheets } from './tiles';

/** What a picture of the sphere shows. */
export interface SphereScene {
  /** On the screen's axes [N, 3]. */
  readonly turned: Float32Array;
  /** The images that have a point, the farthest first. */
  readonly order: Uint16Array;
  readonly rotation: Rotation;
  readonly labels: Int16Array;
  /** null where the pictures are not there: dots in the colours of the classes are drawn. */
  readonly tiles: TileSheets | null;
  /** On the run's axes. */
  readonly trails: readonly SphereLine[];
  /** The image that is ringed, by its place among the points. */
  readonly selected: number | null;
  /** The image that was pointed at; it comes to the front. */
  readonly named: number | null;
  /** The images that stay full while one is named. */
  readonly near: ReadonlySet<number>;
}

/** Where a sphere is drawn, in CSS pixels. */
export interface SpherePlace {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Side of the foremost tile. */
  readonly side: number;
}

/** How much larger a named tile is drawn, at least to this side. */
const NAMED_SCALE = 1.6;
const NAMED_SIDE = 40;
const DOT = 0.3;
const DIMMED = 0.25;
/** Up to this many trails are drawn in full. */
const PLAIN_TRAILS = 100;

/** Strokes the parts of lines on one side of the sphere as one path. */
function strokeSide(
  context: CanvasRenderingContext2D,
  lines: readonly Float32Array[],
  place: SpherePlace,
  sign: 1 | -1,
) {
  context.beginPath();
  for (const line of lines) {
    let isDrawing = false;
    for (let at = 0; at + 2 < line.length; at += 3) {
      const x = place.x + place.radius * line[at];
      const y = place.y - place.radius * line[at + 1];
      const isOnSide = sign * line[at + 2] >= 0;
      // A piece belongs to the side of its first end.
      if (isDrawing) context.lineTo(x, y);
      if (isOnSide && !isDrawing) context.moveTo(x, y);
      isDrawing = isOnSide;
    }
  }
  context.stroke();
}

function rotated(lines: readonly SphereLine[], rotation: Rotation): Float32Array[] {
  return lines.map((line) => {
    const out = new Float32Array(line.length);
    rotatePoints(line, rotation, out);
    return out;
  });
}

/** Draws the sphere with its images. The scale is fixed: the radius is 1 whatever the outputs do. */
export function paintSphere(
  context: CanvasRenderingContext2D,
  scene: SphereScene,
  place: SpherePlace,
  palette: Palette,
): void {
  const { x, y, radius } = place;
  context.save();
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = 1;
  const grid = rotated(GRATICULE, scene.rotation);
  const trails = rotated(scene.trails, scene.rotation);
  context.strokeStyle = palette.rim;
  context.stroke();
  context.strokeStyle = palette.grid;
  context.globalAlpha = 0.5;
  strokeSide(context, grid, place, -1);
  paintTrails(context, trails, place, palette, -1);
  context.globalAlpha = 1;
  const { order, turned } = scene;
  let at = 0;
  for (; at < order.length && turned[3 * order[at] + 2] < 0; at++)
    paintImage(context, scene, order[at], place, palette);
  context.strokeStyle = palette.grid;
  context.lineWidth = 1;
  context.globalAlpha = 1;
  strokeSide(context, grid, place, 1);
  paintTrails(context, trails, place, palette, 1);
  context.globalAlpha = 1;
  for (; at < order.length; at++) paintImage(context, scene, order[at], place, palette);
  paintForemost(context, scene, place, palette);
  context.restore();
}

function paintTrails(
  context: CanvasRenderingContext2D,
  trails: readonly Float32Array[],
  place: SpherePlace,
  palette: Palette,
  sign: 1 | -1,
): void {
  if (trails.length === 0) return;
  context.strokeStyle = palette.warning;
  context.fillStyle = palette.warning;
  context.lineWidth = 0.8;
  // Many lines are paler, so that together they do not outweigh the images.
  const paleness = Math.min(1, Math.sqrt(PLAIN_TRAILS / trails.length));
  context.globalAlpha = paleness * (sign > 0 ? 0.45 : 0.15);
  strokeSide(context, trails, place, sign);
  context.globalAlpha = paleness * (sign > 0 ? 0.8 : 0.3);
  context.beginPath();
  for (const [x, y, z] of trails) {
    if (sign * z < 0) continue;
    context.rect(place.x + place.radius * x - 1, place.y - place.radius * y - 1, 2, 2);
  }
  context.fill();
}

/** The images with a ring or a name, over all others. */
function paintForemost(
  context: CanvasRenderingContext2D,
  scene: SphereScene,
  place: SpherePlace,
  palette: Palette,
): void {
  const { named, near, order, selected } = scene;
  if (named !== null) {
    for (const i of order) if (near.has(i)) paintImage(context, scene, i, place, palette);
  }
  for (const i of selected === named ? [named] : [selected, named]) {
    if (i !== null && !Number.isNaN(scene.turned[3 * i])) paintImage(context, scene, i, place, palette);
  }
}

/** The side at which an image is drawn, in CSS pixels. */
export function drawnSide(scene: SphereScene, i: number, place: SpherePlace): number {
  const side = place.side * relativeSide(scene.turned[3 * i + 2]);
  return i === scene.named ? Math.max(NAMED_SIDE, NAMED_SCALE * side) : side;
}

function paintImage(
  context: CanvasRenderingContext2D,
  scene: SphereScene,
  i: number,
  place: SpherePlace,
  palette: Palette,
): void {
  const { turned, tiles, named, near, selected } = scene;
  const depth = turned[3 * i + 2];
  const [x, y] = [place.x + place.radius * turned[3 * i], place.y - place.radius * turned[3 * i + 1]];
  const isForemost = i === named || i === selected;
  const isFull = isForemost || (depth >= 0 && named === null) || (named !== null && near.has(i));
  const alpha = named === null || isForemost || near.has(i) ? 1 : DIMMED;
  if (alpha !== context.globalAlpha) context.globalAlpha = alpha;
  const side = drawnSide(scene, i, place);
  if (tiles === null || tiles.drawn[i] !== 1) {
    paintDot(context, x, y, DOT * side, classColor(palette, scene.labels[i]), isFull, palette);
  } else {
    const sheet = isFull ? tiles.full : tiles.pale;
    const left = (i % tiles.columns) * tiles.side;
    const top = Math.floor(i / tiles.columns) * tiles.side;
    context.drawImage(sheet, left, top, tiles.side, tiles.side, x - side / 2, y - side / 2, side, side);
  }
  if (isForemost) paintRing(context, x, y, tiles === null ? 2 * DOT * side : side, palette);
}

function paintDot(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  color: string,
  isFull: boolean,
  { ground }: Palette,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = ground;
  context.fill();
  const alpha = context.globalAlpha;
  context.globalAlpha = isFull ? alpha : alpha * 0.35;
  context.fillStyle = color;
  context.fill();
  context.globalAlpha = alpha;
}

function paintRing(context: CanvasRenderingContext2D, x: number, y: number, side: number, { accent, ground }: Palette) {
  context.globalAlpha = 1;
  for (const [gap, width, color] of [
    [1, 2, ground],
    [2.5, 2.5, accent],
  ] as const) {
    context.beginPath();
    const half = side / 2 + gap;
    context.roundRect(x - half, y - half, 2 * half, 2 * half, side * 0.2 + gap);
    context.lineWidth = width;
    context.strokeStyle = color;
    context.stroke();
  }
}
