import { type FunctionBuilder, type FunctionHandle, i32, type Local, type ModuleBuilder, v128 } from '../assembler';
import type { Variant } from '../kernel';
import { FLOAT, LANES, VECTOR } from '../lanes';
import type { Line } from './lines';

/** Bytes between the elements of a tile: from row to row and from column to column. */
export interface Elements {
  readonly row: number;
  readonly column: number;
}

/** Transforms four channels of one tile in both directions. */
export function writeTileTransform(
  f: FunctionBuilder,
  variant: Variant,
  line: Line,
  source: Local<'i32'>,
  from: Elements,
  target: Local<'i32'>,
  to: Elements,
): void {
  const columns = Array.from({ length: line.inputs }, (_, j) =>
    line.write(
      f,
      variant,
      Array.from({ length: line.inputs }, (_, i) => f.let(v128.load(source, i * from.row + j * from.column))),
    ),
  );
  for (let i = 0; i < line.outputs; i++) {
    const row = columns.map((column) => column[i] ?? f.splat(0));
    line.write(f, variant, row).forEach((value, j) => {
      f.emit(v128.store(target, value, i * to.row + j * to.column));
    });
  }
}

/** Where the tiles of images lie on one side of a transform; all in bytes. */
export interface TilePlaces {
  readonly element: Elements;
  readonly tile: number;
  readonly tileRow: number;
  readonly image: number;
}

/** `(source, target, images, tile rows)`: transforms all tiles, `columns` in a row, of this many channels (a multiple of 4). */
export function addTransform(
  module: ModuleBuilder,
  variant: Variant,
  line: Line,
  columns: number,
  channels: number,
  from: TilePlaces,
  to: TilePlaces,
): FunctionHandle {
  const placeName = ({ element, tile, tileRow, image }: TilePlaces) =>
    [element.row, element.column, tile, tileRow, image].join('.');
  const name = `${line.name}-${columns}x${channels}-${placeName(from)}-${placeName(to)}${variant.fma ? '-fma' : ''}`;
  return module.function(
    name,
    ['source', 'target', 'images', 'tileRows'],
    (f, { source, target, images, tileRows }) => {
      const { sourceRow, targetRow, sourceTile, targetTile } = f.locals(
        'i32',
        'sourceRow',
        'targetRow',
        'sourceTile',
        'targetTile',
      );
      f.times(images, () => {
        f.set(sourceRow, source);
        f.set(targetRow, target);
        f.times(tileRows, () => {
          f.set(sourceTile, sourceRow);
          f.set(targetTile, targetRow);
          f.times(columns, () => {
            f.times(channels / LANES, () => {
              writeTileTransform(f, variant, line, sourceTile, from.element, targetTile, to.element);
              f.advance(sourceTile, VECTOR);
              f.advance(targetTile, VECTOR);
            });
            f.advance(sourceTile, from.tile - channels * FLOAT);
            f.advance(targetTile, to.tile - channels * FLOAT);
          });
          f.advance(sourceRow, from.tileRow);
          f.advance(targetRow, to.tileRow);
        });
        f.set(source, i32.add(source, from.image));
        f.set(target, i32.add(target, to.image));
      });
    },
  );
}
