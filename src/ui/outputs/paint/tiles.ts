import { classColor, type Palette } from './palette';

/** Where the pictures of images come from, by their indices in the data set. */
export interface PictureSource {
  /** The picture, or null until it has been loaded. */
  get(index: number): ImageData | null;
  /** Asks for a picture; listeners are called when some have been loaded. */
  want(index: number): void;
  subscribe(listener: () => void): () => void;
}

/** Bytes of pictures that are asked for at once, well below what the source keeps. */
const ASKED_BYTES = 6 * 2 ** 20;
/** Asked for before the size of a picture is known. */
const FIRST_ASKED = 32;
const MOST_ASKED = 256;

/** How much of the ground is mixed into tiles on the back side. */
const PALENESS = 0.68;
/** Width of the coloured edge, of the ground between it and the picture, and radius of the corners, relative to the side. */
const EDGE = 0.08;
const GAP = 0.05;
const CORNER = 0.16;

interface Sheet {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
}

function sheet(width: number, height: number): Sheet {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser does not provide a canvas to draw on.');
  return { canvas, context };
}

/** The images of a run as tiles, in two sheets: full, and pale for the back side. Drawing one is a copy from its sheet. */
export interface TileSheets {
  /** Side of a tile on the sheets, in pixels. */
  readonly side: number;
  readonly columns: number;
  readonly full: CanvasImageSource;
  readonly pale: CanvasImageSource;
  /** 1 where the image's tile has been drawn. */
  readonly drawn: Uint8Array;
}

/** Draws the tiles of a run's images as their pictures arrive. Every picture is read once, since the source keeps only some of them. */
export class Tiles implements TileSheets {
  readonly side: number;
  readonly columns: number;
  readonly drawn: Uint8Array;
  readonly #indices: Uint32Array;
  readonly #labels: Int16Array;
  readonly #source: PictureSource;
  readonly #palette: Palette;
  readonly #full: Sheet;
  readonly #pale: Sheet;
  #asked = FIRST_ASKED;

  /**
   * @param indices of the images in the data set
   * @param labels their classes, whose colours the tiles have as edges; -1 without one
   * @param side of a tile in device pixels
   */
  constructor(indices: Uint32Array, labels: Int16Array, side: number, source: PictureSource, palette: Palette) {
    this.#indices = indices;
    this.#labels = labels;
    this.#source = source;
    this.#palette = palette;
    this.side = Math.round(side);
    this.columns = Math.ceil(Math.sqrt(indices.length));
    const width = Math.max(1, this.columns * this.side);
    this.#full = sheet(width, width);
    this.#pale = sheet(width, width);
    this.drawn = new Uint8Array(indices.length);
  }

  get full(): HTMLCanvasElement {
    return this.#full.canvas;
  }

  get pale(): HTMLCanvasElement {
    return this.#pale.canvas;
  }

  /** Whether every image's tile has been drawn. */
  get isComplete(): boolean {
    return this.drawn.every((drawn) => drawn === 1);
  }

  /** Draws the tiles whose pictures have been loaded, and asks for some of the others. Returns whether any was drawn. */
  fill(): boolean {
    let drawn = 0;
    const missing: number[] = [];
    for (const [i, index] of this.#indices.entries()) {
      if (this.drawn[i] === 1) continue;
      const picture = this.#source.get(index);
      if (picture === null) {
        missing.push(index);
        continue;
      }
      this.#draw(i, picture);
      this.#asked = Math.max(8, Math.min(MOST_ASKED, Math.floor(ASKED_BYTES / picture.data.length)));
      drawn += 1;
    }
    for (const index of missing.slice(0, this.#asked)) this.#source.want(index);
    return drawn > 0;
  }

  #draw(i: number, picture: ImageData): void {
    const { side } = this;
    const [left, top] = [(i % this.columns) * side, Math.floor(i / this.columns) * side];
    const color = classColor(this.#palette, this.#labels[i]);
    const { context } = this.#full;
    const raw = sheet(picture.width, picture.height);
    raw.context.putImageData(picture, 0, 0);
    const edge = Math.max(1, EDGE * side);
    // A half pixel stays free on each side, so that scaling does not mix in the neighbouring tile.
    const outer = 0.5 + edge / 2;
    context.save();
    context.beginPath();
    context.roundRect(left + outer, top + outer, side - 2 * outer, side - 2 * outer, CORNER * side);
    context.fillStyle = this.#palette.ground;
    context.fill();
    context.lineWidth = edge;
    context.strokeStyle = color;
    context.stroke();
    // The ground between keeps the edge apart from a picture as dark as it.
    const inset = 0.5 + edge + GAP * side;
    context.beginPath();
    context.roundRect(left + inset, top + inset, side - 2 * inset, side - 2 * inset, (CORNER - EDGE) * side);
    context.clip();
    // The middle square, as the network gets it.
    const square = Math.min(picture.width, picture.height);
    const [x, y] = [(picture.width - square) / 2, (picture.height - square) / 2];
    context.drawImage(raw.canvas, x, y, square, square, left + inset, top + inset, side - 2 * inset, side - 2 * inset);
    context.restore();
    this.#drawPale(left, top);
    this.drawn[i] = 1;
  }

  #drawPale(left: number, top: number): void {
    const { side } = this;
    const { context } = this.#pale;
    context.drawImage(this.#full.canvas, left, top, side, side, left, top, side, side);
    context.save();
    context.globalCompositeOperation = 'source-atop';
    context.globalAlpha = PALENESS;
    context.fillStyle = this.#palette.ground;
    context.fillRect(left, top, side, side);
    context.restore();
  }
}
