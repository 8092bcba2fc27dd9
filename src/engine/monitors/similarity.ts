import * as tf from '@tensorflow/tfjs';
import type { FeatureRows } from './featureRows';

/** Similarities of rows `start..start + count` of the queries with all keys: [count, keys], row-major. */
export interface SimilarityBlock {
  readonly start: number;
  readonly count: number;
  readonly values: Float32Array;
}

/** 16 MB of similarities: enough to keep a device busy, little enough to read back at once. */
const BLOCK_ENTRIES = 4 * 1024 * 1024;

/**
 * Cosine similarities of every query with every key, a block of queries at a time, by matrix products on the device. The
 * device is waited for without blocking, and all tensors are released, also when the caller stops early.
 * @param queries, keys rows that are already l2-normalised, of one dimension.
 */
export async function* similarityBlocks(
  queries: FeatureRows,
  keys: FeatureRows,
  blockEntries = BLOCK_ENTRIES,
): AsyncGenerator<SimilarityBlock> {
  const { d } = queries;
  if (keys.d !== d) throw new RangeError(`Queries have ${d} dimensions and keys ${keys.d}: compare like with like.`);
  if (queries.n === 0 || keys.n === 0) return;
  const rowsPerBlock = Math.max(1, Math.floor(blockEntries / keys.n));
  const keyTensor = tf.tensor2d(keys.data, [keys.n, d]);
  try {
    for (let start = 0; start < queries.n; start += rowsPerBlock) {
      const count = Math.min(rowsPerBlock, queries.n - start);
      const block = queries.data.subarray(start * d, (start + count) * d);
      const product = tf.tidy(() => tf.matMul(tf.tensor2d(block, [count, d]), keyTensor, false, true));
      try {
        yield { start, count, values: await product.data<'float32'>() };
      } finally {
        product.dispose();
      }
    }
  } finally {
    keyTensor.dispose();
  }
}
