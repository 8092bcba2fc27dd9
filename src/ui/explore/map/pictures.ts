import type { PictureSource } from '../../outputs/paint/tiles';

/** Pictures that are ready to be drawn; more are made again when they are needed. */
const MOST_READY = 512;
/** Made ready in one frame; more would make it late. */
const MOST_NEW = 16;

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
    if (ready !== undefined) return ready;
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
    const canvas = document.createElement('canvas');
    canvas.width = side;
    canvas.height = side;
    const [left, top] = [Math.floor((picture.width - side) / 2), Math.floor((picture.height - side) / 2)];
    canvas.getContext('2d')?.putImageData(picture, -left, -top, left, top, side, side);
    if (this.#ready.size >= MOST_READY) {
      const [oldest] = this.#ready.keys();
      this.#ready.delete(oldest);
    }
    this.#ready.set(image, canvas);
    return canvas;
  }
}
