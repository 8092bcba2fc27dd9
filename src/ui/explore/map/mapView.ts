import { type Palette, paletteAt } from '../../outputs/paint/palette';
import type { PictureSource } from '../../outputs/paint/tiles';
import { boundsOf, type Camera, panned, toMap, zoomed } from './camera';
import { type Colouring, coloursOf, type PointColours } from './colours';
import { Glide, wantsStillness } from './glide';
import { pointsInside } from './lasso';
import { LedCamera } from './ledCamera';
import { MapLabels, type NamedRegion } from './mapLabels';
import { drawOverview, frameIn, mapPlaceAt } from './overview';
import { paintOver, type Ring } from './paintOver';
import { Pictures } from './pictures';
import { type Box, evenOrder, overlap, pictureOrder, pictureSide, placePictures } from './placing';
import { type DrawnSample, type PointLayer, pointDiameter } from './pointLayer';
import { pointsOn } from './pointsOn';

/** Points take so long to their next places: about as long as the next ones take to come. */
const MOVE_MS = 280;
/** The camera takes so long to show all. */
const FIT_MS = 250;
/** A point is found so far from the pointer, in CSS pixels. */
const REACH = 9;
/** What is in view is counted at most so often. */
const COUNT_MS = 250;
/** While points move, pictures are placed at most so often: to look at all images takes longer than the rest of a frame. */
const PLACE_MS = 100;
/** Points that move are drawn at most so often where that is done without a GPU: the processor is needed for the map itself. */
const SOFTWARE_FRAME_MS = 50;

/** The elements that a map is drawn on, from the lowest to the uppermost. */
export interface MapElements {
  readonly points: HTMLCanvasElement;
  readonly over: HTMLCanvasElement;
  /** Buttons with the names of clusters, in the order of the regions. */
  readonly labels: HTMLElement;
  readonly overview: HTMLCanvasElement;
  /** The frame in the overview. */
  readonly frame: HTMLElement;
  /** What stands over the map, so that no name is put there. */
  readonly covers: readonly HTMLElement[];
}

export interface MapCounts {
  readonly inView: number;
  readonly pictures: number;
  /** Where there are too many points for this browser to draw them all; else null. */
  readonly sample: DrawnSample | null;
}

export interface MapListeners {
  onCounts(counts: MapCounts): void;
  /** Called when a named image lies elsewhere on the screen; null where none is named. */
  onNamed(at: { readonly x: number; readonly y: number } | null): void;
}

/** A map of images on a screen: what it shows, and its drawing, at most once a frame and only when something has changed. */
export class MapView {
  readonly #elements: MapElements;
  readonly #listeners: MapListeners;
  readonly #count: number;
  readonly #pictures: Pictures;
  readonly #labels: MapLabels;
  readonly #stopPictures: () => void;
  readonly #points: PointLayer;
  readonly #move = new Glide();
  readonly #camera = new LedCamera();
  #palette: Palette;
  #ratio = 1;
  #from: Float32Array = new Float32Array(0);
  #to: Float32Array = new Float32Array(0);
  #colouring: Colouring = 'clusters';
  #colours: PointColours;
  #chosen: Uint8Array;
  readonly #all: Uint32Array;
  #order: Uint32Array;
  #shown: readonly number[] = [];
  #named: number | null = null;
  #nearest: readonly number[] = [];
  /** The lasso, in the map's units. */
  #outline: readonly number[] = [];
  #isPlaced = false;
  #taken: readonly Box[] = [];
  #frame = 0;
  #drawnAt = 0;
  #placedAt = 0;
  #countedAt = 0;

  constructor(elements: MapElements, count: number, source: PictureSource, listeners: MapListeners) {
    this.#elements = elements;
    this.#listeners = listeners;
    this.#count = count;
    this.#pictures = new Pictures(source);
    this.#stopPictures = source.subscribe(() => this.#ask());
    this.#labels = new MapLabels(elements.labels);
    this.#colours = { indices: new Uint8Array(count), legend: [] };
    this.#chosen = new Uint8Array(count);
    this.#all = evenOrder(count);
    this.#order = this.#all;
    this.#palette = paletteAt(elements.over);
    this.#points = pointsOn(elements.points, count, () => this.#ask());
    this.resize();
  }

  /** The images that are drawn as pictures. */
  get shown(): readonly number[] {
    return this.#shown;
  }

  /** Takes the size and the colours of the page. */
  readonly resize = (): void => {
    const { points, over } = this.#elements;
    const size = { width: Math.max(1, over.clientWidth), height: Math.max(1, over.clientHeight) };
    this.#ratio = Math.min(2, devicePixelRatio || 1);
    for (const canvas of [points, over]) {
      canvas.width = Math.round(size.width * this.#ratio);
      canvas.height = Math.round(size.height * this.#ratio);
    }
    this.#palette = paletteAt(over);
    this.#paint();
    this.#camera.frame(this.#camera.bounds, size, 0);
    this.#changed();
  };

  /** Shows the images at other places [n, 2], to which they glide. */
  move(positions: Float32Array): void {
    const now = performance.now();
    const isFirst = this.#to.length !== positions.length;
    const still = isFirst || wantsStillness();
    this.#from = still ? positions : this.#between(this.#move.at(now));
    this.#to = positions;
    this.#move.begin(now, still ? 0 : MOVE_MS);
    this.#points.move(this.#from, this.#to);
    this.#labels.move(positions);
    this.#camera.frame(boundsOf(positions), this.#camera.size, still ? 0 : MOVE_MS);
    this.#drawOverview();
    this.#changed();
  }

  /** Where the points are on their way. */
  #between(moved: number): Float32Array {
    if (moved >= 1) return this.#to;
    const between = new Float32Array(this.#to.length);
    for (let i = 0; i < between.length; i++) between[i] = this.#from[i] + (this.#to[i] - this.#from[i]) * moved;
    return between;
  }

  /** Names of clusters, and the images that stand for them, which get their pictures first. */
  name(regions: readonly NamedRegion[], labels: Int32Array, medoids: Int32Array): void {
    this.#order = pictureOrder(this.#all, medoids);
    this.#labels.name(regions, labels, medoids.length);
    this.#labels.move(this.#to);
    this.#changed();
  }

  paint(colouring: Colouring, colours: PointColours): void {
    this.#colouring = colouring;
    this.#colours = colours;
    this.#paint();
    this.#ask();
  }

  /** Where other parts of the page stand; measured when they may have changed, since measuring takes time. */
  #measureCovers(): void {
    const { left, top } = this.#elements.over.getBoundingClientRect();
    this.#taken = this.#elements.covers.map((element) => {
      const box = element.getBoundingClientRect();
      return { left: box.left - left, top: box.top - top, width: box.width, height: box.height };
    });
  }

  #paint(): void {
    this.#measureCovers();
    this.#points.paint(this.#colours.indices, coloursOf(this.#colouring, this.#palette));
    this.#points.mark(this.#chosen, this.#palette.accent);
    this.#drawOverview();
  }

  choose(chosen: ReadonlySet<number>): void {
    this.#chosen = new Uint8Array(this.#count);
    for (const image of chosen) if (image < this.#count) this.#chosen[image] = 1;
    this.#points.mark(this.#chosen, this.#palette.accent);
    this.#ask();
  }

  /** Names an image, and rings those nearest to it. */
  point(image: number | null, nearest: readonly number[]): void {
    this.#named = image;
    this.#nearest = nearest;
    this.#ask();
  }

  /** The image at a place on the screen; null where there is none. */
  imageAt(x: number, y: number): number | null {
    const { size, now, whole } = this.#camera;
    const { width, height } = size;
    const { x: middleX, y: middleY, scale } = now;
    const half = pictureSide(scale, whole) / 2;
    const placeX = (image: number) => (this.#to[2 * image] - middleX) * scale + width / 2 - x;
    const placeY = (image: number) => (this.#to[2 * image + 1] - middleY) * scale + height / 2 - y;
    const picture = this.#shown.find((image) => Math.abs(placeX(image)) <= half && Math.abs(placeY(image)) <= half);
    if (picture !== undefined) return picture;
    let [best, least] = [-1, REACH * REACH];
    for (let i = 0; i < this.#count; i++) {
      const [dx, dy] = [placeX(i), placeY(i)];
      const distance = dx * dx + dy * dy;
      if (distance < least) [best, least] = [i, distance];
    }
    return best < 0 ? null : best;
  }

  pan(right: number, down: number): void {
    this.#lead((camera) => panned(camera, right, down));
  }

  /** Zooms by a factor; what lies at a place on the screen (by default its middle) stays there. */
  zoom(factor: number, at?: readonly [number, number]): void {
    const { size, whole } = this.#camera;
    const place = at ?? ([size.width / 2, size.height / 2] as const);
    this.#lead((camera) => zoomed(camera, size, place, factor, whole));
  }

  /** Shows the whole map, now and while it forms. */
  fit(): void {
    this.#camera.showAll(wantsStillness() ? 0 : FIT_MS);
    this.#changed();
  }

  /** Brings a place of the overview to the middle. */
  goTo(x: number, y: number): void {
    const [placeX, placeY] = mapPlaceAt(this.#camera.bounds, x, y);
    this.#lead(({ scale }) => ({ x: placeX, y: placeY, scale }));
  }

  #lead(change: (camera: Camera) => Camera): void {
    this.#camera.lead(change);
    this.#changed();
  }

  /** Draws a lasso, as places on the screen in turn. */
  draw(path: readonly number[]): void {
    const outline: number[] = [];
    const { now, size } = this.#camera;
    for (let i = 0; i < path.length; i += 2) outline.push(...toMap(now, size, [path[i], path[i + 1]]));
    this.#outline = outline;
    this.#ask();
  }

  /** The images inside the lasso, which stays on the map until `unlace`. */
  laced(): number[] {
    return this.#outline.length < 6 ? [] : pointsInside(this.#outline, this.#to);
  }

  unlace(): void {
    if (this.#outline.length === 0) return;
    this.#outline = [];
    this.#ask();
  }

  #changed(): void {
    this.#isPlaced = false;
    this.#ask();
  }

  #ask(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(this.#draw);
  }

  readonly #draw = (): void => {
    this.#frame = 0;
    const now = performance.now();
    const isMoving = !this.#move.isOver(now);
    if (isMoving && this.#points.sample !== null && now - this.#drawnAt < SOFTWARE_FRAME_MS) {
      this.#ask();
      return;
    }
    this.#drawnAt = now;
    const moved = this.#move.at(now);
    if (this.#camera.advance(now)) this.#isPlaced = false;
    if (!this.#isPlaced && !(isMoving && now - this.#placedAt < PLACE_MS)) this.#place(now);
    const { now: camera, size, whole } = this.#camera;
    const diameter = pointDiameter(this.#points.sample?.points ?? this.#count, camera.scale / whole);
    this.#points.draw({ camera, size, moved, diameter, ratio: this.#ratio });
    this.#labels.place(camera, size, this.#taken);
    this.#pictures.beginFrame();
    this.#paintOver(moved);
    this.#showFrame();
    this.#tell(now);
    if (isMoving || !this.#isPlaced || !this.#camera.isAtRest(now) || this.#pictures.isLate) this.#ask();
  };

  #place(time: number): void {
    this.#isPlaced = true;
    this.#placedAt = time;
    const { now, size, whole } = this.#camera;
    this.#shown = placePictures({
      camera: now,
      size,
      whole,
      positions: this.#to,
      order: this.#order,
      kept: this.#shown,
    });
  }

  #paintOver(moved: number): void {
    const context = this.#elements.over.getContext('2d');
    if (context === null) return;
    const { now: camera, size, whole } = this.#camera;
    const palette = this.#palette;
    const colours = coloursOf(this.#colouring, palette);
    const place = (image: number): readonly [number, number] => {
      const [i, j] = [2 * image, 2 * image + 1];
      const x = this.#from[i] + (this.#to[i] - this.#from[i]) * moved;
      const y = this.#from[j] + (this.#to[j] - this.#from[j]) * moved;
      return [(x - camera.x) * camera.scale + size.width / 2, (y - camera.y) * camera.scale + size.height / 2];
    };
    const side = pictureSide(camera.scale, whole);
    const taken = [...this.#labels.boxes, ...this.#taken];
    const tiles = this.#shown.flatMap((image) => {
      const [x, y] = place(image);
      const box = { left: x - side / 2, top: y - side / 2, width: side, height: side };
      if (taken.some((other) => overlap(other, box))) return [];
      const picture = this.#pictures.get(image);
      const colour =
        this.#chosen[image] === 1 ? palette.accent : (colours[this.#colours.indices[image]] ?? palette.rim);
      return picture === null ? [] : [{ box, picture, colour }];
    });
    const ring = this.#ring(place);
    paintOver(context, this.#ratio, size, { tiles, ring, outline: this.#outline, camera, palette });
    this.#listeners.onNamed(ring === null ? null : { x: ring.x, y: ring.y + ring.radius });
  }

  #ring(place: (image: number) => readonly [number, number]): Ring | null {
    const image = this.#named;
    if (image === null || this.#to.length === 0) return null;
    const [x, y] = place(image);
    const side = pictureSide(this.#camera.now.scale, this.#camera.whole);
    return {
      x,
      y,
      radius: (side / 2) * 1.25,
      picture: this.#pictures.get(image),
      side,
      nearest: this.#nearest.map(place),
    };
  }

  #drawOverview(): void {
    const { overview } = this.#elements;
    const colours = coloursOf(this.#colouring, this.#palette);
    drawOverview(overview, this.#camera.bounds, this.#to, this.#colours.indices, colours);
  }

  #showFrame(): void {
    const { bounds, now, size } = this.#camera;
    const { left, top, right, bottom } = frameIn(bounds, now, size);
    const { style } = this.#elements.frame;
    style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
    style.width = `${Math.max(4, right - left).toFixed(1)}px`;
    style.height = `${Math.max(4, bottom - top).toFixed(1)}px`;
  }

  #tell(now: number): void {
    if (now - this.#countedAt < COUNT_MS) {
      // The last change is counted, too, once the view is at rest.
      this.#countLater();
      return;
    }
    this.#countedAt = now;
    const { now: camera, size } = this.#camera;
    const [left, top] = toMap(camera, size, [0, 0]);
    const [right, bottom] = toMap(camera, size, [size.width, size.height]);
    let inView = 0;
    for (let i = 0; i < this.#to.length; i += 2) {
      const [x, y] = [this.#to[i], this.#to[i + 1]];
      if (x >= left && x <= right && y >= top && y <= bottom) inView += 1;
    }
    this.#listeners.onCounts({ inView, pictures: this.#shown.length, sample: this.#points.sample });
  }

  #later: ReturnType<typeof setTimeout> | undefined;

  #countLater(): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      this.#tell(performance.now());
    }, COUNT_MS);
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#later);
    this.#stopPictures();
    this.#points.dispose();
  }
}
