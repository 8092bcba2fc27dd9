import { type FunctionBuilder, f32x4, type Int, i32, type Local, type Value } from './assembler';
import type { Variant } from './kernel';
import { at, eachGroup, FLOAT, GROUP, type Group, LANES, loadLanes, multiplyAdd, storeLanes, VECTOR } from './lanes';

/**
 * Products of rows of numbers with panels of weights, the core of convolutions and linear layers. A panel holds the weights of up to 16
 * outputs, input by input, so that it is read from front to end; if there are fewer, the missing outputs are zeros. A tile of pixels times
 * vectors stays in registers for the whole sum, which is taken in the order of the inputs whatever the tile.
 */

/** Pixels of a tile by vectors of the group: 8 to 9 sums in flight hide the latency of a multiply-add, and 15 registers hold them. */
const TILE_PIXELS = [8, 4, 3, 2] as const;

const tilePixels = ({ vectors }: Group): number => TILE_PIXELS[vectors - 1] ?? 1;

/** What the sums of a tile run over: for each of `rows` taps, `length` adjacent numbers. */
export interface Reduction {
  readonly rows: number;
  readonly length: number;
  /** Bytes from one row of taps to the next. */
  readonly rowBytes: number;
}

/** Where pixels lie. */
interface Pitch {
  readonly x: number;
  readonly y: number;
}

/** One tile of `pixels` from x on: y = bias + sum of x weights. */
function writeTile(
  f: FunctionBuilder,
  variant: Variant,
  pixels: number,
  { vectors, lanes }: Group,
  { rows, length, rowBytes }: Reduction,
  pitch: Pitch,
  {
    x,
    panel,
    y,
    bias,
  }: {
    readonly x: Local<'i32'>;
    readonly panel: Value<'i32'>;
    readonly y: Local<'i32'>;
    readonly bias?: readonly Local<'v128'>[];
  },
): void {
  const zero = f32x4.const(0);
  const sums = Array.from({ length: pixels }, () =>
    Array.from({ length: vectors }, (_, j) => f.let(bias?.[j] ?? zero)),
  );
  const weights = Array.from({ length: vectors }, () => f.local('v128'));
  const input = f.local('v128');
  const w = f.let(panel);
  const from = f.local('i32');
  for (let row = 0; row < rows; row++) {
    f.set(from, i32.add(x, row * rowBytes));
    const end = f.let(i32.add(from, length * FLOAT));
    f.upTo(from, end, FLOAT, () => {
      weights.forEach((vector, j) => f.set(vector, loadLanes(w, LANES, j * VECTOR)));
      sums.forEach((ofPixel, pixel) => {
        f.set(input, f32x4.loadSplat(from, pixel * pitch.x));
        ofPixel.forEach((sum, j) => f.set(sum, multiplyAdd(variant, input, weights[j] ?? input, sum)));
      });
      f.advance(w, vectors * VECTOR);
    });
  }
  sums.forEach((ofPixel, pixel) => {
    ofPixel.forEach((sum, j) => {
      const stored = j === vectors - 1 ? lanes : LANES;
      for (const store of storeLanes(y, sum, stored, pixel * pitch.y + j * VECTOR)) f.emit(store);
    });
  });
}

/** How a row of `width` pixels is cut into tiles of at most `most`: `[count, pixels]`, the widest first. */
export function cutRow(width: number, most: number): [number, number][] {
  const full = Math.floor(width / most);
  const rest = width % most;
  const parts: [number, number][] = [];
  if (full > 0) parts.push([full, most]);
  if (rest > 0) parts.push([1, rest]);
  return parts;
}

export interface ImageProduct {
  readonly reduction: Reduction;
  readonly outputs: number;
  readonly rows: number;
  readonly columns: number;
  /** Bytes from a pixel to the next, and from a row to the next. */
  readonly pixel: Pitch;
  readonly row: Pitch;
}

/** Rows of an image that are used for one panel after the other while they are in the cache. */
const BAND_ROWS = 4;

/** For `rows` x `columns` pixels and all outputs: y = sum of x weights. */
export function writeImageProduct(
  f: FunctionBuilder,
  variant: Variant,
  { reduction, outputs, rows, columns, pixel, row }: ImageProduct,
  x: Value<'i32'>,
  panels: Value<'i32'>,
  y: Value<'i32'>,
): void {
  const xBand = f.let(x);
  const yBand = f.let(y);
  const { xRow, yRow, xTile, yTile, panel } = f.locals('i32', 'xRow', 'yRow', 'xTile', 'yTile', 'panel');
  const inputs = reduction.rows * reduction.length;
  for (const [bands, height] of cutRow(rows, BAND_ROWS)) {
    f.times(bands, () => {
      eachGroup(f, outputs, [0, 'all'], (group, index) => {
        f.set(panel, at(panels, index, inputs * GROUP * FLOAT));
        f.set(xRow, xBand);
        f.set(yRow, at(yBand, index, GROUP * FLOAT));
        f.times(height, () => {
          f.set(xTile, xRow);
          f.set(yTile, yRow);
          for (const [count, pixels] of cutRow(columns, tilePixels(group))) {
            f.times(count, () => {
              writeTile(f, variant, pixels, group, reduction, pixel, { x: xTile, panel, y: yTile });
              f.advance(xTile, pixels * pixel.x);
              f.advance(yTile, pixels * pixel.y);
            });
          }
          f.advance(xRow, row.x);
          f.advance(yRow, row.y);
        });
      });
      f.advance(xBand, height * row.x);
      f.advance(yBand, height * row.y);
    });
  }
}

export interface RowsProduct {
  readonly inputs: number;
  readonly outputs: number;
  /** Bytes from a row to the next. */
  readonly pitch: Pitch;
}

/** For `rows` rows (one at least) and the groups of outputs asked for: y = bias + sum of x weights. */
export function writeRowsProduct(
  f: FunctionBuilder,
  variant: Variant,
  { inputs, outputs, pitch }: RowsProduct,
  given: {
    readonly x: Value<'i32'>;
    readonly panels: Value<'i32'>;
    readonly y: Value<'i32'>;
    readonly rows: Int;
    readonly bias?: Value<'i32'>;
    readonly groups?: readonly [Local<'i32'>, Local<'i32'>];
  },
): void {
  const reduction = { rows: 1, length: inputs, rowBytes: 0 };
  const rows = f.let(i32.of(given.rows));
  const { x, y, panel, left } = f.locals('i32', 'x', 'y', 'panel', 'left');
  eachGroup(f, outputs, given.groups ?? [0, 'all'], (group, index) => {
    f.set(panel, at(given.panels, index, inputs * GROUP * FLOAT));
    f.set(x, given.x);
    f.set(y, at(given.y, index, GROUP * FLOAT));
    f.set(left, rows);
    const offset = given.bias === undefined ? undefined : f.let(at(given.bias, index, GROUP * FLOAT));
    const bias =
      offset &&
      Array.from({ length: group.vectors }, (_, j) =>
        f.let(loadLanes(offset, j === group.vectors - 1 ? group.lanes : LANES, j * VECTOR)),
      );
    const most = tilePixels(group);
    const tiles = (pixels: number) =>
      f.if(i32.ltU(pixels - 1, left), () =>
        f.doWhile(() => {
          writeTile(f, variant, pixels, group, reduction, pitch, { x, panel, y, bias });
          f.advance(x, pixels * pitch.x);
          f.advance(y, pixels * pitch.y);
          f.set(left, i32.sub(left, pixels));
          return i32.ltU(pixels - 1, left);
        }),
      );
    tiles(most);
    if (most > 1) tiles(1);
  });
}
