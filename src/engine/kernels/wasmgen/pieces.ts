import { type FunctionBuilder, i32, type Local, type Value } from './assembler';
import { FLOAT } from './lanes';

/**
 * Updates of all parameters in one call. The parameters are listed in a table in memory, so that one function serves any set of parameters:
 * a row of whole numbers for each piece of a parameter, byte offsets and then the count of its floats.
 */

/** Floats of a piece, the unit that threads share. */
const PIECE = 4096;

export interface PieceTable {
  /** To be written to memory. */
  readonly table: Int32Array<ArrayBuffer>;
  readonly pieces: number;
}

/** The table of parameters given by byte offsets and counts: `arrays` start further on for later pieces, `scalars` do not. */
export function piecesOf<ArrayName extends string, ScalarName extends string>(
  parameters: readonly Readonly<Record<ArrayName | ScalarName | 'count', number>>[],
  arrays: readonly ArrayName[],
  scalars: readonly ScalarName[],
): PieceTable {
  const rows = parameters.flatMap((parameter) =>
    Array.from({ length: Math.ceil(parameter.count / PIECE) }, (_, piece) => {
      const first = piece * PIECE;
      return [
        ...arrays.map((name) => parameter[name] + first * FLOAT),
        ...scalars.map((name) => parameter[name]),
        Math.min(PIECE, parameter.count - first),
      ];
    }),
  );
  return { table: Int32Array.from(rows.flat()), pieces: rows.length };
}

/** Runs over the pieces `from` to `to - 1`, at least one, of a table with this many offsets per row. */
export function eachPiece(
  f: FunctionBuilder,
  table: Value<'i32'>,
  offsets: number,
  [from, to]: readonly [Local<'i32'>, Local<'i32'>],
  body: (offset: (column: number) => Value<'i32'>, count: Value<'i32'>) => void,
): void {
  const rowBytes = (offsets + 1) * FLOAT;
  const row = f.let(i32.add(table, i32.mul(from, rowBytes)));
  f.upTo(from, to, 1, () => {
    body((column) => i32.load(row, column * FLOAT), i32.load(row, offsets * FLOAT));
    f.advance(row, rowBytes);
  });
}
