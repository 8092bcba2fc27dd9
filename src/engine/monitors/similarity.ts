import * as tf from '@tensorflow/tfjs';
import type { FeatureRows } from '../../domain/features';
import { bindingLimit } from '../kernels/runtime/program';

/** Similarities of rows `start..start + count` of the queries with all keys: [count, keys], row-major. */
export interface SimilarityBlock {
  readonly start: number;
  readonly count: number;
  readonly values: Float32Array;
}

/** 16 MB of similarities: enough to keep a device busy, little enough to read back at once. */
const BLOCK_ENTRIES = 4 * 1024 * 1024;

/** How similarities are computed bit by bit. */
export interface SimilarityPace {
  /** Similarities computed at once. */
  readonly blockEntries: number;
  /** Awaited before each block; may throw to stop. */
  readonly between?: () => Promise<void>;
}

/** All at once, as far as memory allows. */
const UNPACED: SimilarityPace = { blockEntries: BLOCK_ENTRIES };

/** Divides `count` rows into consecutive groups [start, end) of at most `most`. */
function groups(count: number, most: number): { readonly start: number; readonly end: number }[] {
  return Array.from({ length: Math.ceil(count / most) }, (_, i) => ({
    start: i * most,
    end: Math.min(count, (i + 1) * most),
  }));
}

function tensorOf({ data, d }: FeatureRows, { start, end }: { start: number; end: number }): tf.Tensor2D {
  return tf.tensor2d(data.subarray(start * d, end * d), [end - start, d]);
}

/** Products of a block of queries with all groups of keys, side by side. */
async function products(query: tf.Tensor2D, keys: readonly tf.Tensor2D[]): Promise<Float32Array> {
  const [count] = query.shape;
  const width = keys.reduce((sum, { shape }) => sum + shape[0], 0);
  const values = new Float32Array(count * width);
  let left = 0;
  for (const group of keys) {
    const product = tf.matMul(query, group, false, true);
    try {
      const part = await product.data<'float32'>();
      if (keys.length === 1) return part;
      const [wide] = group.shape;
      for (let row = 0; row < count; row++) {
        values.set(part.subarray(row * wide, (row + 1) * wide), row * width + left);
      }
      left += wide;
    } finally {
      product.dispose();
    }
  }
  return values;
}

/**
 * Cosine similarities of every query with every key, a block of queries at a time, by matrix products on the device. Results are read
 * without blocking, and all tensors are disposed, also when the caller stops early.
 * @param queries, keys rows that are already l2-normalised, of one dimension.
 * @param largest bytes of the largest tensor that the device can work on; more keys or queries than that are split.
 * @throws RangeError when queries and keys have different dimensions.
 */
export async function* similarityBlocks(
  queries: FeatureRows,
  keys: FeatureRows,
  { blockEntries, between } = UNPACED,
  largest = bindingLimit(),
): AsyncGenerator<SimilarityBlock> {
  const { d } = queries;
  if (keys.d !== d) throw new RangeError(`Queries have ${d} dimensions, but keys have ${keys.d}.`);
  if (queries.n === 0 || keys.n === 0) return;
  const mostRows = Math.max(1, Math.floor(largest / (4 * d)));
  const rowsPerBlock = Math.min(mostRows, Math.max(1, Math.floor(blockEntries / keys.n)));
  const keyTensors = groups(keys.n, Math.min(keys.n, mostRows)).map((group) => tensorOf(keys, group));
  try {
    for (const block of groups(queries.n, rowsPerBlock)) {
      await between?.();
      const query = tensorOf(queries, block);
      try {
        yield { start: block.start, count: block.end - block.start, values: await products(query, keyTensors) };
      } finally {
        query.dispose();
      }
    }
  } finally {
    tf.dispose(keyTensors);
  }
}
