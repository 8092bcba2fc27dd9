import * as tf from '@tensorflow/tfjs';

function swapped<T extends tf.Tensor>(x: T): T {
  const axes = x.shape.map((_, i) => i);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/**
 * The product a b, of matrices or of batches of them, with one of the two or both transposed. tfjs's WASM product is about fifty times
 * slower where a side is to be transposed.
 */
export function transposedProduct<T extends tf.Tensor>(a: T, b: T, transposeA: boolean, transposeB: boolean): T {
  return tf.tidy(() => {
    // a b^T = (b a^T)^T: transposes whichever of the two is smaller.
    if (!transposeA && a.size < b.size) return swapped(tf.matMul(b, swapped(a)));
    return tf.matMul(transposeA ? swapped(a) : a, transposeB ? swapped(b) : b);
  });
}
