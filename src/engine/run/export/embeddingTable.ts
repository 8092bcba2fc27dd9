import type { FeatureRows } from '../../../domain/features';
import type { DatasetInfo } from '../../../domain/imageDataset';
import { ParquetFile } from '../../../formats/parquet';
import type { FindingColumn } from './findingColumns';
import type { EmbeddedBlock } from './frozenEncoder';
import { imageFacts } from './imageTable';

/** A group of rows of the table has at most so many rows, and so many numbers, which take 16 MiB. */
const MOST_ROWS = 2048;
const MOST_NUMBERS = 2 ** 22;

/**
 * The outputs of all images as a Parquet table, written in pieces: path, class, split, further columns, and features and z as lists of float32. The bytes of
 * the file are those of all pieces.
 * @param hasZ whether the blocks have z
 * @param more further columns, which come after the split
 */
export class EmbeddingTable {
  readonly #images: DatasetInfo;
  readonly #more: readonly FindingColumn[];
  readonly #file: ParquetFile;
  /** The blocks of the next group, which follow one another. */
  #blocks: EmbeddedBlock[] = [];

  constructor(images: DatasetInfo, hasZ: boolean, more: readonly FindingColumn[] = []) {
    this.#images = images;
    this.#more = more;
    this.#file = new ParquetFile([
      { name: 'path', kind: 'text' },
      { name: 'class', kind: 'text' },
      { name: 'split', kind: 'text' },
      ...more.map(({ name, kind }) => ({ name, kind })),
      { name: 'features', kind: 'floats' },
      ...(hasZ ? ([{ name: 'z', kind: 'floats' }] as const) : []),
    ]);
  }

  *add(block: EmbeddedBlock): Generator<Uint8Array> {
    const { start, features, z } = block;
    const from = this.#blocks[0]?.start ?? start;
    const rows = start + features.n - from;
    const isFull = rows > MOST_ROWS || rows * (features.d + (z?.d ?? 0)) > MOST_NUMBERS;
    if (isFull) yield* this.#group();
    this.#blocks.push(block);
  }

  *finish(): Generator<Uint8Array> {
    yield* this.#group();
    yield this.#file.finish();
  }

  *#group(): Generator<Uint8Array> {
    const blocks = this.#blocks;
    if (blocks.length === 0) return;
    this.#blocks = [];
    const [first] = blocks;
    const end = blocks.reduce((last, { start, features }) => Math.max(last, start + features.n), 0);
    const facts = imageFacts(this.#images, first.start, end);
    yield* this.#file.add([
      facts.map(({ path }) => path),
      facts.map(({ className }) => className),
      facts.map(({ split }) => split),
      ...this.#more.map((column) => column.values(first.start, end)),
      lists(blocks.map(({ features }) => features)),
      ...(first.z === null ? [] : [lists(blocks.flatMap(({ z }) => z ?? []))]),
    ]);
  }
}

const lists = (rows: readonly FeatureRows[]) => ({ length: rows[0].d, parts: rows.map(({ data }) => data) });
