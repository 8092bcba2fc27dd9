import { type Camera, type Size, toMap } from './camera';

/** Sides of pictures on the map in CSS pixels: where the whole map is shown, and after zooming far in. */
const [SMALLEST, LARGEST] = [32, 64];
/** Between two pictures, in CSS pixels. */
const GAP = 10;
/** Drawing more takes longer than a frame has. */
const MOST_PICTURES = 200;

/** A rectangle on the screen, in CSS pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function overlap(a: Box, b: Box): boolean {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}

/** The side of pictures at a scale, in CSS pixels: it grows more slowly than the map, so that zooming in makes room. */
export function pictureSide(scale: number, whole: number): number {
  return Math.max(SMALLEST, Math.min(LARGEST, SMALLEST * (scale / whole) ** 0.25));
}

/**
 * All images in steps of about the golden ratio's share of them: the first ones of any number lie evenly in the data set, and the order is
 * always the same, so that a picture stays where the map is moved.
 */
export function evenOrder(count: number): Uint32Array {
  let step = Math.max(1, Math.round(count * GOLDEN));
  while (commonDivisor(step, count) > 1) step += 1;
  const order = new Uint32Array(count);
  for (let i = 0, image = 0; i < count; i++) {
    order[i] = image;
    image = (image + step) % count;
  }
  return order;
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** The order in which images get their pictures: those that stand for clusters first, then the others in an order of all images. */
export function pictureOrder(all: Uint32Array, medoids: ArrayLike<number>): Uint32Array {
  const first = new Set(Array.from(medoids).filter((image) => image >= 0 && image < all.length));
  const order = new Uint32Array(all.length);
  order.set([...first]);
  let at = first.size;
  for (const image of all) if (!first.has(image)) order[at++] = image;
  return order;
}

/** What pictures are placed by. */
export interface Placing {
  readonly camera: Camera;
  readonly size: Size;
  /** The scale at which the whole map is shown. */
  readonly whole: number;
  /** [n, 2] */
  readonly positions: Float32Array;
  readonly order: Uint32Array;
  /** Images that have pictures already, which keep them where there is room. */
  readonly kept: readonly number[];
}

/**
 * The images that are drawn as pictures: greedily in their order, so that no two pictures overlap. The places of a grid that lies fixed in
 * the map decide, at scales half an octave apart: a picture does not come and go while the map is moved, or zoomed a little.
 */
export function placePictures({ camera, size, whole, positions, order, kept }: Placing): number[] {
  const level = whole * 2 ** (Math.floor(2 * Math.log2(camera.scale / whole)) / 2);
  const cell = (pictureSide(level, whole) + GAP) / level;
  const [left, top] = toMap(camera, size, [0, 0]);
  const [right, bottom] = toMap(camera, size, [size.width, size.height]);
  const [firstColumn, firstRow] = [Math.floor(left / cell) - 1, Math.floor(top / cell) - 1];
  const columns = Math.floor(right / cell) + 2 - firstColumn;
  const rows = Math.floor(bottom / cell) + 2 - firstRow;
  const takenBy = new Int32Array(columns * rows).fill(-1);
  const placed: number[] = [];
  const isFree = (x: number, y: number, column: number, row: number) => {
    for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
      for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
        const other = takenBy[r * columns + c];
        if (other < 0) continue;
        if (Math.abs(positions[2 * other] - x) < cell && Math.abs(positions[2 * other + 1] - y) < cell) return false;
      }
    }
    return true;
  };
  const tryPlace = (image: number) => {
    const [x, y] = [positions[2 * image], positions[2 * image + 1]];
    if (!(x >= left && x <= right && y >= top && y <= bottom)) return;
    const [column, row] = [Math.floor(x / cell) - firstColumn, Math.floor(y / cell) - firstRow];
    const at = row * columns + column;
    if (takenBy[at] >= 0 || !isFree(x, y, column, row)) return;
    takenBy[at] = image;
    placed.push(image);
  };
  for (let i = 0; i < kept.length && placed.length < MOST_PICTURES; i++) tryPlace(kept[i]);
  for (let i = 0; i < order.length && placed.length < MOST_PICTURES; i++) tryPlace(order[i]);
  return placed;
}

/** A name to place on the map. */
export interface Label {
  /** The middle of its lower edge, in CSS pixels on the screen. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Where names stand, the most important ones first: each where it belongs, within the screen, or not at all (null) where another or something
 * else stands, or where what it names is out of sight.
 * @param taken by other parts of the page
 */
export function placeLabels(labels: readonly Label[], size: Size, taken: readonly Box[] = []): (Box | null)[] {
  const placed = [...taken];
  return labels.map(({ x, y, width, height }) => {
    if (x < 0 || x > size.width || y < 0 || y > size.height + height) return null;
    const box = {
      left: Math.max(2, Math.min(size.width - width - 2, x - width / 2)),
      top: Math.max(2, y - height),
      width,
      height,
    };
    if (placed.some((other) => overlap(box, other))) return null;
    placed.push(box);
    return box;
  });
}
