import { npyHeader } from '../../../formats/npy';
import type { TrainingImages } from '../../images/pictureCache';
import { EmbeddingTable } from '../export/embeddingTable';
import type { FindingColumn } from '../export/findingColumns';
import type { EmbeddedBlock, FrozenEncoder } from '../export/frozenEncoder';
import type { Pace } from './pace';

/** The longest time in milliseconds for which a block of images holds up the thread. */
const BLOCK_MS = 15;

/** The outputs for all images, block after block, at a pace. */
async function* embedded(images: TrainingImages, encoder: FrozenEncoder, pace: Pace): AsyncGenerator<EmbeddedBlock> {
  pace.expect(images.count);
  await pace.between();
  for await (const block of encoder.embed(images, { blockMs: BLOCK_MS })) {
    await pace.between();
    yield block;
    pace.done(block.features.n);
    await pace.between();
  }
}

/** The pieces of a Parquet table with the outputs for all images, and further columns. */
export async function* embeddingsParquet(
  images: TrainingImages,
  encoder: FrozenEncoder,
  pace: Pace,
  more: readonly FindingColumn[] = [],
): AsyncGenerator<Uint8Array> {
  const table = new EmbeddingTable(images, encoder.outputDim !== null, more);
  for await (const block of embedded(images, encoder, pace)) yield* table.add(block);
  yield* table.finish();
}

/** The pieces of a NumPy file with the features of all images, float32 [images, features]. */
export async function* embeddingsNpy(
  images: TrainingImages,
  encoder: FrozenEncoder,
  pace: Pace,
): AsyncGenerator<Uint8Array> {
  yield npyHeader([images.count, encoder.featureDim]);
  for await (const { features } of embedded(images, encoder, pace)) {
    const { buffer, byteOffset, byteLength } = features.data;
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}
