import * as tf from '@tensorflow/tfjs';

/** The most rows averaged in one pass: few enough for float32 sums to be accurate to about 1e-6, and enough for few passes. */
const MAX_ROWS = 1024;

/** The largest divisor of `rows` up to MAX_ROWS; `rows` itself if that is below 16. */
function rowsAtOnce(rows: number): number {
  if (rows <= MAX_ROWS) return rows;
  for (let divisor = MAX_ROWS; divisor >= 16; divisor--) if (rows % divisor === 0) return divisor;
  return rows;
}

/**
 * Means over the middle axis of x [outer, rows, columns] -> [outer, columns]. tfjs's WASM reductions transpose and then add one by one;
 * XNNPACK's average pooling reads the same numbers in order and is twenty times as fast.
 */
export function middleMean(x: tf.Tensor3D): tf.Tensor2D {
  const [outer, rows, columns] = x.shape;
  return tf.tidy(() => {
    let means: tf.Tensor = x;
    let left = rows;
    while (left > 1) {
      const pooled = rowsAtOnce(left);
      left /= pooled;
      means = tf.avgPool(means.reshape<tf.Tensor4D>([outer * left, pooled, 1, columns]), [pooled, 1], 1, 'valid');
    }
    return means.reshape<tf.Tensor2D>([outer, columns]);
  });
}

/** Means of the columns of x [rows, columns] -> [columns]. */
export function columnMeans(x: tf.Tensor2D): tf.Tensor1D {
  return tf.tidy(() => middleMean(x.reshape([1, ...x.shape])).reshape<tf.Tensor1D>([x.shape[1]]));
}

/**
 * `x scale + shift`, cut off below 0 if `relu`; x [rows, columns], scale and shift [columns]. It is computed as a depthwise convolution
 * with one tap, which XNNPACK does in one pass; a broadcast product and a broadcast sum would take a slow pass each.
 */
export function affineColumns(x: tf.Tensor2D, scale: tf.Tensor1D, shift: tf.Tensor1D, relu = false): tf.Tensor2D {
  const [rows, columns] = x.shape;
  return tf.tidy(() =>
    tf.fused
      .depthwiseConv2d({
        x: x.reshape<tf.Tensor4D>([1, rows, 1, columns]),
        filter: scale.reshape<tf.Tensor4D>([1, 1, columns, 1]),
        strides: 1,
        pad: 'valid',
        bias: shift,
        activation: relu ? 'relu' : 'linear',
      })
      .reshape<tf.Tensor2D>([rows, columns]),
  );
}
