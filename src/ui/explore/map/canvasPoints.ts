import type { DrawnSample, MapFrame, PointLayer } from './pointLayer';

/** More points are not drawn in a frame's time without WebGL. */
export const MOST_ON_CANVAS = 5000;

/** Points of one colour. */
interface Group {
  readonly colour: string;
  readonly points: readonly number[];
}

/** At most so many of these, spread evenly over them. */
function spread(points: readonly number[], most: number): readonly number[] {
  if (points.length <= most) return points;
  return Array.from({ length: most }, (_, i) => points[Math.floor((i * points.length) / most)] ?? 0);
}

/** Points drawn on a plain canvas: a sample of them, spread evenly over the data set, and over the chosen ones. */
export class CanvasPoints implements PointLayer {
  readonly sample: DrawnSample | null;
  readonly #context: CanvasRenderingContext2D;
  readonly #points: Uint32Array;
  #from: Float32Array = new Float32Array(0);
  #to: Float32Array = new Float32Array(0);
  #indices: Uint8Array = new Uint8Array(0);
  #colours: readonly string[] = [];
  #chosen: Uint8Array = new Uint8Array(0);
  #accent = '';
  /** In the order in which they are drawn; null after a change. */
  #groups: readonly Group[] | null = null;

  /**
   * @param why the reason for a canvas, which is said where it does not show all points
   * @throws Error where the browser does not give a canvas to draw on
   */
  constructor(canvas: HTMLCanvasElement, count: number, why: DrawnSample['why']) {
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('This browser does not provide a canvas to draw on.');
    this.#context = context;
    const shown = Math.min(count, MOST_ON_CANVAS);
    this.sample = shown < count ? { points: shown, why } : null;
    this.#points = Uint32Array.from({ length: shown }, (_, i) => Math.floor((i * count) / shown));
  }

  move(from: Float32Array, to: Float32Array): void {
    this.#from = from;
    this.#to = to;
  }

  paint(indices: Uint8Array, colours: readonly string[]): void {
    this.#indices = indices;
    this.#colours = colours;
    this.#groups = null;
  }

  mark(chosen: Uint8Array, colour: string): void {
    this.#chosen = chosen;
    this.#accent = colour;
    this.#groups = null;
  }

  draw(frame: MapFrame): void {
    const { width, height } = frame.size;
    this.#context.setTransform(frame.ratio, 0, 0, frame.ratio, 0, 0);
    this.#context.clearRect(0, 0, width, height);
    this.#groups ??= this.#grouped();
    for (const group of this.#groups) this.#fill(frame, group);
  }

  /** The sample by colours, then chosen points over them: also those that are not in the sample, so that a few chosen ones are seen. */
  #grouped(): readonly Group[] {
    const groups = this.#colours.map((colour) => ({ colour, points: [] as number[] }));
    for (const point of this.#points) {
      if (this.#chosen[point] !== 1) groups[this.#indices[point] ?? 0]?.points.push(point);
    }
    const chosen: number[] = [];
    this.#chosen.forEach((isChosen, point) => {
      if (isChosen === 1) chosen.push(point);
    });
    return [...groups, { colour: this.#accent, points: spread(chosen, MOST_ON_CANVAS) }];
  }

  #fill({ camera, size, moved, diameter }: MapFrame, { colour, points }: Group): void {
    const context = this.#context;
    context.fillStyle = colour;
    const half = diameter / 2;
    const [from, to] = [this.#from, this.#to];
    for (const point of points) {
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
