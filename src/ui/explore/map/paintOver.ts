import type { Palette } from '../../outputs/paint/palette';
import { type Camera, type Size, toScreen } from './camera';
import type { Box } from './placing';

/** A picture on the map, with the colour of its edge. */
interface Tile {
  readonly box: Box;
  readonly picture: CanvasImageSource;
  readonly colour: string;
}

/** An image that is named, with lines to those nearest to it. */
export interface Ring {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** null until it has been fetched. */
  readonly picture: CanvasImageSource | null;
  readonly side: number;
  readonly nearest: readonly (readonly [x: number, y: number])[];
}

interface Over {
  readonly tiles: readonly Tile[];
  readonly ring: Ring | null;
  /** The lasso, in the map's units. */
  readonly outline: readonly number[];
  readonly camera: Camera;
  readonly palette: Palette;
}

const EDGE = 2;
const CORNER = 5;

function paintTile(context: CanvasRenderingContext2D, palette: Palette, { box, picture, colour }: Tile): void {
  const { left, top, width, height } = box;
  context.beginPath();
  context.roundRect(left, top, width, height, CORNER);
  context.fillStyle = palette.ground;
  context.fill();
  context.drawImage(picture, left + EDGE + 1, top + EDGE + 1, width - 2 * EDGE - 2, height - 2 * EDGE - 2);
  context.lineWidth = EDGE;
  context.strokeStyle = colour;
  context.beginPath();
  context.roundRect(left + EDGE / 2, top + EDGE / 2, width - EDGE, height - EDGE, CORNER - 1);
  context.stroke();
}

function paintRing(context: CanvasRenderingContext2D, palette: Palette, ring: Ring): void {
  context.strokeStyle = palette.accent;
  context.lineWidth = 1;
  context.globalAlpha = 0.7;
  context.beginPath();
  for (const [x, y] of ring.nearest) {
    context.moveTo(ring.x, ring.y);
    context.lineTo(x, y);
  }
  context.stroke();
  context.globalAlpha = 1;
  context.lineWidth = 2;
  for (const [x, y] of ring.nearest) {
    context.beginPath();
    context.arc(x, y, 6, 0, 2 * Math.PI);
    context.stroke();
  }
  const side = ring.side * 1.25;
  const box = { left: ring.x - side / 2, top: ring.y - side / 2, width: side, height: side };
  if (ring.picture !== null) paintTile(context, palette, { box, picture: ring.picture, colour: palette.accent });
  else {
    context.beginPath();
    context.arc(ring.x, ring.y, 8, 0, 2 * Math.PI);
    context.stroke();
  }
}

function paintOutline(context: CanvasRenderingContext2D, size: Size, { outline, camera, palette }: Over): void {
  context.beginPath();
  for (let i = 0; i < outline.length; i += 2) context.lineTo(...toScreen(camera, size, [outline[i], outline[i + 1]]));
  context.closePath();
  context.fillStyle = palette.accent;
  context.globalAlpha = 0.08;
  context.fill();
  context.globalAlpha = 1;
  context.setLineDash([6, 5]);
  context.lineWidth = 1.5;
  context.strokeStyle = palette.accent;
  context.stroke();
  context.setLineDash([]);
}

/** Draws what lies over the points: pictures, the lasso, and the image that is named. */
export function paintOver(context: CanvasRenderingContext2D, ratio: number, size: Size, over: Over): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  for (const tile of over.tiles) paintTile(context, over.palette, tile);
  if (over.outline.length >= 4) paintOutline(context, size, over);
  if (over.ring !== null) paintRing(context, over.palette, over.ring);
}
