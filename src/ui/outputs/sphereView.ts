import type { FrameImages } from '../../domain/outputFrame';
import { drawnSide, paintSphere, type SpherePlace, type SphereScene } from './paint/paintSphere';
import { type Palette, paletteAt } from './paint/palette';
import { type PictureSource, Tiles } from './paint/tiles';
import { arcsBetween, type SphereLine } from './sphere/arcs';
import { defaultView } from './sphere/defaultView';
import { between } from './sphere/glide';
import { type Rotation, rotatePoints, turned } from './sphere/rotation';
import { byDepth, imageAt, nearestTo, tileSide } from './sphere/scene';

/** How long a frame glides to the next. */
const GLIDE_MS = 150;
/** Images that stay full beside a named one. */
const NEIGHBOURS = 8;
const MARGIN = 4;
const NOTHING: ReadonlySet<number> = new Set();
const NO_LINES: readonly SphereLine[] = [];

/** Where the named image is drawn, in CSS pixels from the canvas' corner; null while none is. */
export type NamedPlace = { readonly x: number; readonly y: number; readonly half: number } | null;

/**
 * Draws the outputs on a canvas and turns them, apart from React. It draws only when something has changed, at most once per frame of the
 * screen, and never turns by itself.
 */
export class SphereView {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #onNamedPlace: (place: NamedPlace) => void;
  #palette: Palette;
  #images: FrameImages;
  #source: PictureSource | null = null;
  #unsubscribe: () => void = () => undefined;
  #tiles: Tiles | null = null;
  /** What is drawn, and where it glides from and to. */
  #points: Float32Array;
  #from: Float32Array;
  #to: Float32Array;
  #glideStart: number | null = null;
  #trailStart: Float32Array | null = null;
  #rotation: Rotation;
  #selected: number | null = null;
  #named: number | null = null;
  #turned: Float32Array;
  #order: Uint16Array = new Uint16Array(0);
  #place: SpherePlace = { x: 0, y: 0, radius: 0, side: 0 };
  #request: number | null = null;
  /** Size, resolution and colours of what is drawn. */
  #shape = '';

  /**
   * @param points [N, 3], at which the images first lie and by which the default side is chosen
   * @throws Error where the browser does not give a canvas to draw on
   */
  constructor(
    canvas: HTMLCanvasElement,
    images: FrameImages,
    points: Float32Array,
    onNamedPlace: (place: NamedPlace) => void,
  ) {
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('This browser does not provide a canvas to draw on.');
    this.#canvas = canvas;
    this.#context = context;
    this.#onNamedPlace = onNamedPlace;
    this.#images = images;
    this.#palette = paletteAt(canvas);
    this.#points = points.slice();
    this.#from = points;
    this.#to = points;
    this.#turned = new Float32Array(points.length);
    this.#rotation = defaultView(points);
    this.resize();
  }

  /** The side from which the sphere is looked at. */
  get rotation(): Rotation {
    return this.#rotation;
  }

  /** Lets the images glide to other points, or puts them there at once. */
  show(points: Float32Array, glides: boolean): void {
    if (points === this.#to) return;
    const moves = glides && !matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#from = this.#points.slice();
    this.#to = points;
    this.#glideStart = moves ? performance.now() : null;
    if (!moves) this.#points.set(points);
    this.#draw();
  }

  /** Where each image lay when the switch went off: arcs are drawn from there. null draws none. */
  trailFrom(points: Float32Array | null): void {
    if (points === this.#trailStart) return;
    this.#trailStart = points;
    this.#draw();
  }

  /** Where the pictures come from; null draws dots. */
  takePictures(source: PictureSource | null): void {
    if (source === this.#source) return;
    this.#unsubscribe();
    this.#source = source;
    this.#unsubscribe = source?.subscribe(this.#fillTiles) ?? (() => undefined);
    this.#makeTiles();
  }

  select(image: number | null): void {
    if (image === this.#selected) return;
    this.#selected = image;
    this.#draw();
  }

  /** Brings an image to the front, and dims all but those that lie near it. */
  name(image: number | null): void {
    if (image === this.#named) return;
    this.#named = image;
    this.#draw();
  }

  /** Turns the front to the right and up, by pixels on the screen. */
  turn(right: number, up: number): void {
    const { radius } = this.#place;
    if (radius === 0) return;
    this.#rotation = turned(this.#rotation, right / radius, up / radius);
    this.#draw();
  }

  /** Back to the default side of what is shown now. */
  resetSide(): void {
    this.#rotation = defaultView(this.#to);
    this.#draw();
  }

  /** The foremost image at a place in CSS pixels from the canvas' corner; null where there is none. */
  imageAt(x: number, y: number): number | null {
    const { radius, side, x: middleX, y: middleY } = this.#place;
    if (radius === 0) return null;
    return imageAt(this.#turned, this.#order, (x - middleX) / radius, (middleY - y) / radius, side / radius);
  }

  /** To be called when the canvas has another size, resolution or colours. */
  resize = (): void => {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const scale = globalThis.devicePixelRatio;
    const palette = paletteAt(this.#canvas);
    const shape = `${width} ${height} ${scale} ${Object.values(palette).join(' ')}`;
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.#palette = palette;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    const outer = Math.min(width, height) / 2 - MARGIN;
    // Half a tile hangs over the rim.
    const side = tileSide(this.#images.indices.length, outer);
    this.#place = { x: width / 2, y: height / 2, radius: Math.max(0, outer - 0.375 * side), side };
    this.#makeTiles();
  };

  dispose(): void {
    if (this.#request !== null) cancelAnimationFrame(this.#request);
    this.#unsubscribe();
  }

  #makeTiles(): void {
    const { indices, labels } = this.#images;
    const side = this.#place.side * globalThis.devicePixelRatio;
    this.#tiles =
      this.#source === null || side < 1 ? null : new Tiles(indices, labels, side, this.#source, this.#palette);
    this.#tiles?.fill();
    this.#draw();
  }

  #fillTiles = (): void => {
    if (this.#tiles?.fill() === true) this.#draw();
  };

  #draw(): void {
    this.#request ??= requestAnimationFrame(this.#paint);
  }

  #paint = (now: number): void => {
    this.#request = null;
    this.#glide(now);
    rotatePoints(this.#points, this.#rotation, this.#turned);
    this.#order = byDepth(this.#turned);
    const scale = globalThis.devicePixelRatio;
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
    this.#context.clearRect(0, 0, this.#canvas.clientWidth, this.#canvas.clientHeight);
    const scene = this.#scene();
    paintSphere(this.#context, scene, this.#place, this.#palette);
    this.#reportNamed(scene);
    if (this.#glideStart !== null) this.#draw();
  };

  #glide(now: number): void {
    if (this.#glideStart === null) return;
    const share = Math.min(1, Math.max(0, (now - this.#glideStart) / GLIDE_MS));
    between(this.#from, this.#to, share, this.#points);
    if (share === 1) this.#glideStart = null;
  }

  #scene(): SphereScene {
    const named = this.#named;
    return {
      turned: this.#turned,
      order: this.#order,
      rotation: this.#rotation,
      labels: this.#images.labels,
      tiles: this.#tiles,
      trails: this.#trailStart === null ? NO_LINES : arcsBetween(this.#trailStart, this.#points),
      selected: this.#selected,
      named,
      near: named === null ? NOTHING : nearestTo(this.#points, named, NEIGHBOURS),
    };
  }

  #reportNamed(scene: SphereScene): void {
    const { named, turned: at } = scene;
    if (named === null || Number.isNaN(at[3 * named])) {
      this.#onNamedPlace(null);
      return;
    }
    const { x, y, radius } = this.#place;
    const half = drawnSide(scene, named, this.#place) / 2;
    this.#onNamedPlace({ x: x + radius * at[3 * named], y: y - radius * at[3 * named + 1], half });
  }
}
