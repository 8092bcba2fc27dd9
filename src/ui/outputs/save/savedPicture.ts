import type { FrameImages } from '../../../domain/outputFrame';
import { LIGHT_PALETTE } from '../paint/palette';
import { type PictureSource, Tiles } from '../paint/tiles';
import { paintStill, STILL, type StillMoment, type StillSubject, stillTileSide } from './paintStill';

/** Pixels per CSS pixel of a saved picture. */
export const STILL_SCALE = 2;

/** A canvas for pictures to be saved, at a scale. */
export function stillCanvas(scale: number): {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
} {
  const canvas = document.createElement('canvas');
  canvas.width = STILL.width * scale;
  canvas.height = STILL.height * scale;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser does not provide a canvas to draw on.');
  context.scale(scale, scale);
  return { canvas, context };
}

/** Pictures that arrive within this time are in the saved picture; the others are dots. */
const WAIT_MS = 5000;

/** The tiles of saved pictures, once all pictures have been loaded, or some seconds have passed; null without a source. */
export async function stillTiles(
  images: FrameImages,
  source: PictureSource | null,
  scale: number,
): Promise<Tiles | null> {
  if (source === null) return null;
  const side = scale * stillTileSide(images.indices.length);
  const tiles = new Tiles(images.indices, images.labels, side, source, LIGHT_PALETTE);
  tiles.fill();
  if (tiles.isComplete) return tiles;
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(end, WAIT_MS);
    const unsubscribe = source.subscribe(() => {
      tiles.fill();
      if (tiles.isComplete) end();
    });
  });
  return tiles;
}

/**
 * A frame with its values as a PNG on a light ground.
 * @throws Error (rejection) where the browser cannot draw it
 */
export async function pictureOf(
  subject: Omit<StillSubject, 'tiles'>,
  source: PictureSource | null,
  moment: StillMoment,
): Promise<Blob> {
  const tiles = await stillTiles(subject.images, source, STILL_SCALE);
  const { canvas, context } = stillCanvas(STILL_SCALE);
  paintStill(context, { ...subject, tiles }, moment);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('This browser could not make a PNG of the picture.');
  return blob;
}
