import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

/** A column of a table: text, which may be missing in a row, or a list of float32 numbers in each row. */
export interface ParquetColumn {
  readonly name: string;
  readonly kind: 'text' | 'floats';
}

/** The values of a column in some rows, as its kind says. */
export type ParquetValues = readonly (string | null)[] | readonly Float32Array[];

type PlainValue = string | null | number[];

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

function schemaOf(columns: readonly ParquetColumn[]): Schema {
  const elements = columns.flatMap(
    ({ name, kind }): Schema =>
      kind === 'text'
        ? [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }]
        : [
            { name, converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
            { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
            { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
          ],
  );
  return [{ name: 'root', num_children: columns.length }, ...elements];
}

/** The library takes plain arrays only. */
function plain(values: ParquetValues): PlainValue[] {
  return values.map((value): PlainValue => (value instanceof Float32Array ? Array.from(value) : value));
}

/**
 * A Parquet file that is written in pieces: the bytes of `add` for one group of rows after another, then those of `finish`. Floats are not
 * compressed, since compression hardly makes them smaller.
 */
export class ParquetFile {
  readonly #columns: readonly ParquetColumn[];
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;

  constructor(columns: readonly ParquetColumn[]) {
    this.#columns = columns;
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: schemaOf(columns),
      codec: 'UNCOMPRESSED',
      statistics: false,
      createdBy: 'SimSiam Lab',
    });
  }

  /** @param values by column, in the order of the columns, equally many in each */
  add(values: readonly ParquetValues[]): Uint8Array {
    const rows = values[0].length;
    const columnData = this.#columns.map(({ name, kind }, i) => ({
      name,
      data: plain(values[i]),
      ...(kind === 'floats' ? ({ encoding: 'PLAIN' } as const) : {}),
    }));
    this.#writer.write({ columnData, rowGroupSize: rows });
    return this.#taken();
  }

  finish(): Uint8Array {
    this.#writer.finish();
    return this.#taken();
  }

  /** What was written since the last piece. */
  #taken(): Uint8Array {
    const piece = this.#bytes.getBytes().slice();
    this.#bytes.index = 0;
    return piece;
  }
}
