import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';

/**
 * A column of a table: text, a whole number or a float32 number, which may be missing in a row, or a list of float32 numbers in each row. Lists come
 * last.
 */
export interface ParquetColumn {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'float' | 'floats';
}

/** Lists of the same length, one a row, in parts that follow one another. */
export interface FloatLists {
  readonly length: number;
  /** Each holds whole lists. */
  readonly parts: readonly Float32Array[];
}

/** The values of a column in some rows, as its kind says. */
export type ParquetValues = readonly (string | number | null)[] | FloatLists;

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];
type ColumnChunk = ParquetWriter['row_groups'][number]['columns'][number];

/** About the bytes of a page, which is written at once. */
const PAGE_BYTES = 2 ** 20;

const CELLS = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT32' },
  float: { type: 'FLOAT' },
} as const;

function schemaOf(columns: readonly ParquetColumn[]): Schema {
  const elements = columns.flatMap(
    ({ name, kind }): Schema =>
      kind !== 'floats'
        ? [{ name, ...CELLS[kind], repetition_type: 'OPTIONAL' }]
        : [
            { name, converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
            { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
            { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
          ],
  );
  return [{ name: 'root', num_children: columns.length }, ...elements];
}

const areCells = (values: ParquetValues): values is readonly (string | number | null)[] => Array.isArray(values);

/**
 * A Parquet file that is written in pieces: the bytes of `add` for one group of rows after another, then those of `finish`. Floats are not
 * compressed, since compression hardly makes them smaller. Their pages are written here, since the library takes lists apart number by number,
 * which takes a hundred times as long as to copy them.
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

  /**
   * Adds a group of rows. Readers take a group at a time: thousands of rows make a good one.
   * @param values by column, in the order of the columns, equally many in each
   */
  *add(values: readonly ParquetValues[]): Generator<Uint8Array> {
    const cells = this.#columns.flatMap(({ name }, i) => {
      const column = values[i];
      return areCells(column) ? [{ name, data: [...column] }] : [];
    });
    const [{ data }] = cells;
    this.#writer.write({ columnData: cells, rowGroupSize: data.length });
    yield this.#taken();
    const [group] = this.#writer.row_groups.slice(-1);
    for (const [i, { name }] of this.#columns.entries()) {
      const column = values[i];
      if (!areCells(column)) group.columns.push(yield* this.#floats(name, column));
    }
    const bytes = group.columns.reduce((sum, { meta_data: chunk }) => sum + (chunk?.total_compressed_size ?? 0n), 0n);
    group.total_byte_size = bytes;
    group.total_compressed_size = bytes;
  }

  /** Writes a column of lists; returns what the end of the file says of it. */
  *#floats(name: string, { length, parts }: FloatLists): Generator<Uint8Array, ColumnChunk> {
    const start = BigInt(this.#bytes.offset);
    const rowsOfPage = Math.max(1, Math.floor(PAGE_BYTES / (4 * length)));
    let values = 0;
    for (const part of parts) {
      for (let at = 0; at < part.length; at += rowsOfPage * length) {
        const page = part.subarray(at, at + rowsOfPage * length);
        this.#page(page, length);
        values += page.length;
        yield this.#taken();
      }
    }
    const size = BigInt(this.#bytes.offset) - start;
    return {
      file_offset: start,
      meta_data: {
        type: 'FLOAT',
        encodings: ['PLAIN', 'RLE'],
        path_in_schema: [name, 'list', 'element'],
        codec: 'UNCOMPRESSED',
        num_values: BigInt(values),
        total_compressed_size: size,
        total_uncompressed_size: size,
        data_page_offset: start,
      },
    };
  }

  /** Writes a page of lists (parquet.apache.org/docs/file-format/data-pages, version 2). */
  #page(values: Float32Array, length: number): void {
    const rows = values.length / length;
    // Repetition: 0 where a list begins, 1 where it goes on. Definition: always 1, there is a number.
    const repetition = rows === values.length ? run(rows, 0) : repeated([...run(1, 0), ...run(length - 1, 1)], rows);
    const definition = run(values.length, 1);
    const bytes = repetition.length + definition.length + values.byteLength;
    writePageHeader(this.#bytes, {
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: bytes,
      compressed_page_size: bytes,
      data_page_header_v2: {
        num_values: values.length,
        num_nulls: 0,
        num_rows: rows,
        encoding: 'PLAIN',
        definition_levels_byte_length: definition.length,
        repetition_levels_byte_length: repetition.length,
        is_compressed: false,
      },
    });
    this.#bytes.appendBytes(repetition);
    this.#bytes.appendBytes(Uint8Array.from(definition));
    this.#bytes.appendBytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
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

/** A run of equal levels of one bit: twice its length in groups of seven bits, the lowest first, and the level. */
function run(length: number, level: 0 | 1): Uint8Array {
  const bytes: number[] = [];
  let rest = 2 * length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.of(...bytes, rest, level);
}

function repeated(bytes: readonly number[], times: number): Uint8Array {
  const all = new Uint8Array(bytes.length * times);
  for (let i = 0; i < times; i++) all.set(bytes, i * bytes.length);
  return all;
}
