import { type FunctionBuilder, f32x4, type Int, i32, type Local, type Value } from './assembler';
import type { Variant } from './kernel';
import { at, eachGroup, FLOAT, GROUP, type Group, LANES, loadLanes, multiplyAdd, storeLanes, VECTOR } from './lanes';
import { cutRow } from './product';

/**
 * Sums of outer products, the core of weight gradients: dw[k, o] += sum over pixels of x[k] dy[o]. A tile of inputs times vectors of
 * outputs stays in registers for all pixels of a call, which are added in order whatever the tile.
 */

/** Inputs of a tile by vectors of the group. */
const TILE_INPUTS = [8, 4, 3, 2] as const;

export interface OuterProduct {
  /** Adjacent numbers of x at a pixel. */
  readonly inputs: number;
  readonly outputs: number;
  readonly rows: Int;
  /** One at least. */
  readonly columns: Int;
  /** Bytes from a pixel to the next, and from a row to the next. */
  readonly pixel: { readonly x: number; readonly dy: number };
  readonly row: { readonly x: number; readonly dy: number };
  /** Bytes of a row of dw; more than `outputs` where columns of a wider matrix are made. */
  readonly pitch: number;
}

/** dw += sum over `rows` x `columns` pixels of x dy^T. */
export function writeOuterProduct(
  f: FunctionBuilder,
  variant: Variant,
  { inputs, outputs, rows, columns, pixel, row, pitch }: OuterProduct,
  given: { readonly x: Value<'i32'>; readonly dy: Value<'i32'>; readonly dw: Value<'i32'> },
): void {
  const rowCount = typeof rows === 'number' ? rows : f.let(rows);
  const lineBytes = typeof columns === 'number' ? columns * pixel.dy : f.let(i32.mul(columns, pixel.dy));
  const { x, dw, dy } = f.locals('i32', 'x', 'dw', 'dy');
  eachGroup(f, outputs, [0, 'all'], (group, index) => {
    f.set(x, given.x);
    f.set(dy, at(given.dy, index, GROUP * FLOAT));
    f.set(dw, at(given.dw, index, GROUP * FLOAT));
    for (const [count, tile] of cutRow(inputs, TILE_INPUTS[group.vectors - 1] ?? 1)) {
      f.times(count, () => {
        writeTile(f, variant, tile, group, { rows: rowCount, lineBytes, pixel, row, pitch }, { x, dy, dw });
        f.advance(x, tile * FLOAT);
        f.advance(dw, tile * pitch);
      });
    }
  });
}

interface TilePixels extends Pick<OuterProduct, 'pixel' | 'row' | 'pitch'> {
  readonly rows: Int;
  /** Bytes of dy that the pixels of a row take up. */
  readonly lineBytes: Int;
}

function writeTile(
  f: FunctionBuilder,
  variant: Variant,
  inputs: number,
  { vectors, lanes }: Group,
  { rows, lineBytes, pixel, row, pitch }: TilePixels,
  { x, dy, dw }: Readonly<Record<'x' | 'dy' | 'dw', Local<'i32'>>>,
): void {
  const lanesOf = (j: number) => (j === vectors - 1 ? lanes : LANES);
  const sums = Array.from({ length: inputs }, (_, input) =>
    Array.from({ length: vectors }, (_, j) => f.let(loadLanes(dw, lanesOf(j), input * pitch + j * VECTOR))),
  );
  const incoming = Array.from({ length: vectors }, () => f.local('v128'));
  const number = f.local('v128');
  const [xRow, dyRow] = [f.let(x), f.let(dy)];
  const { xPixel, dyPixel, end } = f.locals('i32', 'xPixel', 'dyPixel', 'end');
  f.times(rows, () => {
    f.set(xPixel, xRow);
    f.set(dyPixel, dyRow);
    f.set(end, i32.add(dyPixel, lineBytes));
    f.upTo(dyPixel, end, pixel.dy, () => {
      incoming.forEach((vector, j) => f.set(vector, loadLanes(dyPixel, lanesOf(j), j * VECTOR)));
      sums.forEach((ofInput, input) => {
        f.set(number, f32x4.loadSplat(xPixel, input * FLOAT));
        ofInput.forEach((sum, j) => f.set(sum, multiplyAdd(variant, number, incoming[j] ?? number, sum)));
      });
      f.advance(xPixel, pixel.x);
    });
    f.advance(xRow, row.x);
    f.advance(dyRow, row.dy);
  });
  sums.forEach((ofInput, input) => {
    ofInput.forEach((sum, j) => {
      for (const store of storeLanes(dw, sum, lanesOf(j), input * pitch + j * VECTOR)) f.emit(store);
    });
  });
}
