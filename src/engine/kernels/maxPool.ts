import * as tf from '@tensorflow/tfjs';
import { defineOp } from './runtime/op';

/** Max pooling with a window of 3 x 3, stride 2 and padding 1. Its gradient finds the maxima again, so that no index is kept for it. */

type Shape = [n: number, h: number, w: number, channels: number];

/** Rows (or columns) of y for `size` of x: floor((size + 2 - 3) / 2) + 1. */
function pooled(size: number): number {
  return Math.floor((size - 1) / 2) + 1;
}

function outShape([n, h, w, channels]: Shape): Shape {
  return [n, pooled(h), pooled(w), channels];
}

/** Every second row (axis 1) or column (axis 2) of a padded x, from the `tap`-th: what meets this row or column of the windows. */
function atTap(padded: tf.Tensor4D, axis: 1 | 2, tap: number): tf.Tensor4D {
  const [begin, end, strides] = [[0, 0, 0, 0], [...padded.shape], [1, 1, 1, 1]];
  begin[axis] = tap;
  end[axis] = tap + 2 * pooled((padded.shape[axis] ?? 0) - 2) - 1;
  strides[axis] = 2;
  return tf.stridedSlice(padded, begin, end, strides) as tf.Tensor4D;
}

export function plainMaxPool(x: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    // A copy of the border does not change a maximum, and needs no infinity, which some backends do not have.
    let y: tf.Tensor4D = tf.mirrorPad(
      x,
      [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ] as [number, number][],
      'symmetric',
    );
    for (const axis of [1, 2] as const) {
      y = tf.maximum(tf.maximum(atTap(y, axis, 0), atTap(y, axis, 1)), atTap(y, axis, 2));
    }
    return y;
  });
}

/** Number of the tap that a window begins with, by its row (axis 1) or column (axis 2): the first window's tap 0 lies on the padding. */
function firstTaps(axis: 1 | 2, size: number): tf.Tensor {
  const shape = [1, 1, 1, 1];
  shape[axis] = size;
  return tf.tensor(
    Array.from({ length: size }, (_, i) => (i === 0 ? 1 : 0)),
    shape,
  );
}

/** Values at every second place from `tap` of an axis that then has `size` places, zeros elsewhere. */
function dilated(values: tf.Tensor4D, axis: 1 | 2, tap: number, size: number): tf.Tensor4D {
  const shape = [...values.shape];
  shape[axis] = 2 * (shape[axis] ?? 0);
  const spaced = tf.reshape(tf.stack([values, tf.zerosLike(values)], axis + 1), shape);
  const paddings: [number, number][] = [
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ];
  paddings[axis] = [tap, 2];
  const [begin, sizes] = [[0, 0, 0, 0], [...shape]];
  sizes[axis] = size;
  return tf.slice(tf.pad(spaced, paddings), begin, sizes) as tf.Tensor4D;
}

/** dx from dy and x. As in PyTorch, a window's gradient goes to its first maximum in row-major order, or to its last NaN. */
export function plainMaxPoolGradient(dy: tf.Tensor4D, x: tf.Tensor4D): tf.Tensor4D {
  const [, h, w] = x.shape;
  const shape = outShape(x.shape);
  return tf.tidy(() => {
    const border: [number, number][] = [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ];
    const padded = tf.pad(x, border, Number.NEGATIVE_INFINITY);
    let best: tf.Tensor = tf.fill(shape, Number.NEGATIVE_INFINITY);
    let place: tf.Tensor = tf.add(tf.zeros(shape), tf.add(tf.mul(firstTaps(1, shape[1]), 3), firstTaps(2, shape[2])));
    for (let tap = 0; tap < 9; tap++) {
      const value = atTap(atTap(padded, 1, Math.floor(tap / 3)), 2, tap % 3);
      const taken = tf.logicalOr(tf.greater(value, best), tf.isNaN(value));
      best = tf.where(taken, value, best);
      place = tf.where(taken, tf.fill(shape, tap), place);
    }
    let dx: tf.Tensor4D = tf.zeros([x.shape[0], h + 2, w + 2, x.shape[3]]);
    for (let tap = 0; tap < 9; tap++) {
      const share = tf.where(tf.equal(place, tap), dy, tf.zerosLike(dy)) as tf.Tensor4D;
      dx = tf.add(dx, dilated(dilated(share, 1, Math.floor(tap / 3), h + 2), 2, tap % 3, w + 2));
    }
    return tf.slice(dx, [0, 1, 1, 0], x.shape);
  });
}

const gradient = defineOp({
  name: 'MaxPoolOf3x3Gradient',
  webgpu: plainMaxPoolGradient,
  plain: plainMaxPoolGradient,
});

const run = defineOp<'x', object>({
  name: 'MaxPoolOf3x3',
  webgpu: ({ x }) => [plainMaxPool(x as tf.Tensor4D)],
  plain: ({ x }) => [plainMaxPool(x as tf.Tensor4D)],
  gradient: ([dy], { inputs: { x } }) => ({ x: () => gradient(dy as tf.Tensor4D, x as tf.Tensor4D) }),
});

/**
 * Maxima of windows of 3 x 3 pixels at stride 2 with padding 1, as PyTorch's `nn.MaxPool2d(3, 2, 1)`: x [N, H, W, C] ->
 * [N, ceil(H / 2), ceil(W / 2), C], differentiable. A window that holds NaN gives NaN.
 */
export function maxPool(x: tf.Tensor4D): tf.Tensor4D {
  return run({ x }, {})[0] as tf.Tensor4D;
}
