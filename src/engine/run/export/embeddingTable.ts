import type { DatasetInfo } from '../../../domain/imageDataset';
import { ParquetFile } from '../../../formats/parquet';
import type { EmbeddedBlock } from './frozenEncoder';
import { imageFacts } from './imageTable';

/** Rows that are encoded at once, which takes some 100 ms. */
const ROWS = 256;

const rowsOf = ({ data, d }: { readonly data: Float32Array; readonly d: number }, start: number, end: number) =>
  Array.from({ length: end - start }, (_, i) => data.subarray((start + i) * d, (start + i + 1) * d));

/**
 * The outputs of all images as a Parquet table, written in pieces: path, class, split, and features and z as lists of float32. The bytes of
 * the file are those of all pieces.
 * @param hasZ whether the blocks have z
 */
export class EmbeddingTable {
  readonly #images: DatasetInfo;
  readonly #file: ParquetFile;

  constructor(images: DatasetInfo, hasZ: boolean) {
    this.#images = images;
    this.#file = new ParquetFile([
      { name: 'path', kind: 'text' },
      { name: 'class', kind: 'text' },
      { name: 'split', kind: 'text' },
      { name: 'features', kind: 'floats' },
      ...(hasZ ? ([{ name: 'z', kind: 'floats' }] as const) : []),
    ]);
  }

  *add({ start, features, z }: EmbeddedBlock): Generator<Uint8Array> {
    for (let row = 0; row < features.n; row += ROWS) {
      const end = Math.min(features.n, row + ROWS);
      const facts = imageFacts(this.#images, start + row, start + end);
      yield this.#file.add([
        facts.map(({ path }) => path),
        facts.map(({ className }) => className),
        facts.map(({ split }) => split),
        rowsOf(features, row, end),
        ...(z === null ? [] : [rowsOf(z, row, end)]),
      ]);
    }
  }

  finish(): Uint8Array {
    return this.#file.finish();
  }
}
