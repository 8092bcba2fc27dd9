import { type FunctionBuilder, i32, type Local, type Value } from '../assembler';
import { at, eachGroup, FLOAT, GROUP, type Group } from '../lanes';

/** Rows [rows, channels] that are `views` equal parts, each normalised by its own statistics. */
export interface BatchNormShape {
  /** Rows of all views. */
  readonly rows: number;
  readonly channels: number;
  readonly views: number;
}

/** Floats of a block of rows, which is read more than once and should stay in the first caches. */
const BLOCK_FLOATS = 8192;
const LEAST_ROWS = 16;

/** Each view is cut into blocks of rows, which threads share; sums are taken by block and then added in order. */
export interface RowBlocks {
  readonly rowsPerView: number;
  readonly size: number;
  readonly perView: number;
  readonly count: number;
}

/** @throws Error when the rows are not `views` equal parts */
export function rowBlocksOf({ rows, channels, views }: BatchNormShape): RowBlocks {
  const rowsPerView = rows / views;
  if (!Number.isInteger(rowsPerView) || rowsPerView < 1) {
    throw new Error(`batchNorm: ${rows} rows are not ${views} views of one size`);
  }
  const size = Math.min(rowsPerView, Math.max(LEAST_ROWS, Math.floor(BLOCK_FLOATS / channels)));
  const perView = Math.ceil(rowsPerView / size);
  return { rowsPerView, size, perView, count: perView * views };
}

/** Floats of the partial sums: up to three numbers of each channel for each block. */
export const batchNormPartials = (shape: BatchNormShape): number => 3 * rowBlocksOf(shape).count * shape.channels;

export const batchNormName = ({ rows, channels, views }: BatchNormShape): string => `${rows}x${channels}v${views}`;

/** A group of channels of the rows of a block. */
export interface BlockGroup {
  readonly group: Group;
  /** Bytes from the start of a row, or of a list of channels, to the group. */
  readonly start: Value<'i32'>;
  /** Byte offset of the group in the block's first row. */
  readonly first: Local<'i32'>;
  readonly rows: Local<'i32'>;
  /** Byte offset of the group in [views, channels]. */
  readonly inView: Local<'i32'>;
  /** Byte offset of the group in partial sums [blocks, 3, channels]. */
  readonly partial: Local<'i32'>;
}

/** Runs over the groups of channels of the blocks `from` to `to - 1`, at least one block. */
export function eachBlockGroup(
  f: FunctionBuilder,
  shape: BatchNormShape,
  [from, to]: readonly [Local<'i32'>, Local<'i32'>],
  body: (block: BlockGroup) => void,
): void {
  const { rowsPerView, size, perView } = rowBlocksOf(shape);
  const rowBytes = shape.channels * FLOAT;
  const { view, row, first, rows, inView, partial } = f.locals(
    'i32',
    'view',
    'row',
    'first',
    'rows',
    'inView',
    'partial',
  );
  f.upTo(from, to, 1, () => {
    f.set(view, i32.divU(from, perView));
    f.set(row, i32.mul(i32.remU(from, perView), size));
    f.set(rows, i32.min(i32.sub(rowsPerView, row), i32.const(size)));
    f.set(row, i32.add(row, i32.mul(view, rowsPerView)));
    eachGroup(f, shape.channels, [0, 'all'], (group, index) => {
      const start = f.let(i32.mul(index, GROUP * FLOAT));
      f.set(first, at(start, row, rowBytes));
      f.set(inView, at(start, view, rowBytes));
      f.set(partial, at(start, from, 3 * rowBytes));
      body({ group, start, first, rows, inView, partial });
    });
  });
}

/** Runs over rows; `pointers` are moved from one row to the next. */
export function eachRow(
  f: FunctionBuilder,
  rows: Local<'i32'>,
  rowBytes: number,
  pointers: readonly Local<'i32'>[],
  body: () => void,
): void {
  const left = f.let(rows);
  f.doWhile(() => {
    body();
    for (const pointer of pointers) f.advance(pointer, rowBytes);
    f.set(left, i32.sub(left, 1));
    return left;
  });
}
