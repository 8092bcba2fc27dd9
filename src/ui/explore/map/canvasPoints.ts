import type { MapFrame, PointLayer } from './pointLayer';

/** More points are not drawn in a frame's time without WebGL. */
const MOST_POINTS = 5000;

/** Points drawn on a plain canvas, for browsers without WebGL2: a sample of them, spread evenly over the data set. */
export class CanvasPoints implements PointLayer {
  readonly sample: number | null;
  readonly #context: CanvasRenderingContext2D;
  readonly #points: Uint32Array;
  #from: Float32Array = new Float32Array(0);
  #to: Float32Array = new Float32Array(0);
  #indices: Uint8Array = new Uint8Array(0);
  #colours: readonly string[] = [];
  #chosen: Uint8Array = new Uint8Array(0);
  #accent = '';

  /** @throws Error where the browser does not give a canvas to draw on */
  constructor(canvas: HTMLCanvasElement, count: number) {
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('This browser does not provide a canvas to draw on.');
    this.#context = context;
    const shown = Math.min(count, MOST_POINTS);
    this.sample = shown < count ? shown : null;
    this.#points = Uint32Array.from({ length: shown }, (_, i) => Math.floor((i * count) / shown));
  }

  move(from: Float32Array, to: Float32Array): void {
    this.#from = from;
    this.#to = to;
  }

  paint(indices: Uint8Array, colours: readonly string[]): void {
    this.#indices = indices;
    this.#colours = colours;
  }

  mark(chosen: Uint8Array, colour: string): void {
    this.#chosen = chosen;
    this.#accent = colour;
  }

  draw(frame: MapFrame): void {
    const { width, height } = frame.size;
    this.#context.setTransform(frame.ratio, 0, 0, frame.ratio, 0, 0);
    this.#context.clearRect(0, 0, width, height);
    this.#colours.forEach((colour, index) => {
      this.#fill(frame, colour, (point) => this.#chosen[point] !== 1 && this.#indices[point] === index);
    });
    this.#fill(frame, this.#accent, (point) => this.#chosen[point] === 1);
  }

  #fill({ camera, size, moved, diameter }: MapFrame, colour: string, isOfThese: (point: number) => boolean): void {
    const context = this.#context;
    context.fillStyle = colour;
    const half = diameter / 2;
    const [from, to] = [this.#from, this.#to];
    for (const point of this.#points) {
      if (!isOfThese(point)) continue;
      const [i, j] = [2 * point, 2 * point + 1];
      const x = (from[i] + (to[i] - from[i]) * moved - camera.x) * camera.scale + size.width / 2;
      const y = (from[j] + (to[j] - from[j]) * moved - camera.y) * camera.scale + size.height / 2;
      if (x < -half || x > size.width + half || y < -half || y > size.height + half) continue;
      context.fillRect(x - half, y - half, diameter, diameter);
    }
  }

  dispose(): void {
    // Nothing is held outside this object.
  }
}
