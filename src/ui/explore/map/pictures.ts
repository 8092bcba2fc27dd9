import type { PictureSource } from '../../outputs/paint/tiles';

/** Pictures that are ready to be drawn; more are made again when they are needed. */
const MOST_READY = 512;

/** The pictures of images as squares to be drawn, fetched when they are first needed. */
export class Pictures {
  readonly #source: PictureSource;
  readonly #ready = new Map<number, HTMLCanvasElement>();

  constructor(source: PictureSource) {
    this.#source = source;
  }

  /** The picture's middle square; null until it has been fetched. */
  get(image: number): HTMLCanvasElement | null {
    const ready = this.#ready.get(image);
    if (ready !== undefined) return ready;
    const picture = this.#source.get(image);
    if (picture === null) {
      this.#source.want(image);
      return null;
    }
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
