import type { PictureSource } from '../../outputs/paint/tiles';

/** Pictures that are ready to be drawn, more than a frame shows; more are made again when they are needed. */
const MOST_READY = 256;
/** Made ready in one frame; more would make it late. */
const MOST_NEW = 8;

/** The pictures of images as squares to be drawn, fetched when they are first needed. */
export class Pictures {
  readonly #source: PictureSource;
  readonly #ready = new Map<number, HTMLCanvasElement>();
  #made = 0;
  #isLate = false;

  constructor(source: PictureSource) {
    this.#source = source;
  }

  /** Whether pictures that are there were left for a later frame. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** Called before a frame's pictures are asked for. */
  beginFrame(): void {
    this.#made = 0;
    this.#isLate = false;
  }

  /** The picture's middle square; null until it has been fetched, and where this frame has made enough of them ready. */
  get(image: number): HTMLCanvasElement | null {
    const ready = this.#ready.get(image);
    if (ready !== undefined) {
      this.#keep(image, ready);
      return ready;
    }
    const picture = this.#source.get(image);
    if (picture === null) {
      this.#source.want(image);
      return null;
    }
    if (this.#made >= MOST_NEW) {
      this.#isLate = true;
      return null;
    }
    this.#made += 1;
    const side = Math.min(picture.width, picture.height);
    const canvas = this.#canvas();
    if (canvas.width !== side) {
      canvas.width = side;
      canvas.height = side;
    }
    const [left, top] = [Math.floor((picture.width - side) / 2), Math.floor((picture.height - side) / 2)];
    canvas.getContext('2d')?.putImageData(picture, -left, -top, left, top, side, side);
    this.#keep(image, canvas);
    return canvas;
  }

  /** Puts a picture last, so that none of those of a frame is the first. */
  #keep(image: number, canvas: HTMLCanvasElement): void {
    this.#ready.delete(image);
    this.#ready.set(image, canvas);
  }

  /** A new canvas, or that of the picture that was not drawn for longest: making one takes longer than drawing on it. */
  #canvas(): HTMLCanvasElement {
    const [oldest] = this.#ready;
    if (oldest === undefined || this.#ready.size < MOST_READY) return document.createElement('canvas');
    const [image, canvas] = oldest;
    this.#ready.delete(image);
    return canvas;
  }
}
