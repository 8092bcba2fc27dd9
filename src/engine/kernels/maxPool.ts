import * as tf from '@tensorflow/tfjs';
import { defineOp } from './runtime/op';
import { defineProgram, runProgram } from './runtime/program';
import { maxPoolGradientOnWasm, maxPoolOnWasm } from './wasm/maxPool';

/** Max pooling with a window of 3 x 3, stride 2 and padding 1. Its gradient finds the maxima again, so that no index is kept for it. */

/** The windows that a pixel lies in are few, so that a thread of the gradient looks for their maxima itself. */
interface Element {
  readonly type: 'f32' | 'vec4<f32>';
  /** Channels of a thread. */
  readonly width: 1 | 4;
  readonly bits: string;
  readonly places: string;
}

const ELEMENTS = {
  scalar: { type: 'f32', width: 1, bits: 'u32', places: 'i32' },
  vector: { type: 'vec4<f32>', width: 4, bits: 'vec4<u32>', places: 'vec4<i32>' },
} as const satisfies Record<string, Element>;

const UNIFORMS = { height: 'i32', width: 'i32', outHeight: 'i32', outWidth: 'i32', groups: 'i32' } as const;

/** NaN is known by its bits, since WGSL lets an adapter assume that there is none. */
const greater = ({ type, bits }: Element) => `
fn isNan(value : ${type}) -> ${bits.replace('u32', 'bool')} {
  return (bitcast<${bits}>(value) & ${bits}(0x7fffffffu)) > ${bits}(0x7f800000u);
}
/** Whether a value takes the place of the maximum of those before it. */
fn takes(value : ${type}, best : ${type}) -> ${bits.replace('u32', 'bool')} {
  return isNan(value) | ((value > best) & !isNan(best));
}`;

/** The index of a window's tap; where the window reaches over the border, that of a neighbour which the window holds too. */
const tapIndex = `
fn tapIndex(image : i32, row : i32, column : i32, group : i32) -> i32 {
  let r = clamp(row, 0, uniforms.height - 1);
  let c = clamp(column, 0, uniforms.width - 1);
  return ((image * uniforms.height + r) * uniforms.width + c) * uniforms.groups + group;
}`;

/** The index of a thread as image, row and column of a window, and group of channels. */
const place = `
  let pixel = index / uniforms.groups;
  let group = index - pixel * uniforms.groups;
  let line = pixel / uniforms.outWidth;
  let column = pixel - line * uniforms.outWidth;
  let image = line / uniforms.outHeight;
  let row = line - image * uniforms.outHeight;`;

function forwardProgram(element: Element) {
  return defineProgram({
    name: `maxPool of ${element.type}`,
    inputs: { x: element.type },
    outputs: { y: element.type },
    uniforms: UNIFORMS,
    workgroupSize: [64, 1, 1],
    entry: 'threads',
    code: `${greater(element)}
${tapIndex}
fn run(index : i32) {${place}
  var best = x[tapIndex(image, 2 * row - 1, 2 * column - 1, group)];
  for (var tap = 1; tap < 9; tap++) {
    let value = x[tapIndex(image, 2 * row - 1 + tap / 3, 2 * column - 1 + tap % 3, group)];
    best = select(best, value, takes(value, best));
  }
  y[index] = best;
}`,
  });
}

/** A thread makes 2 x 2 pixels of dx, which up to 2 x 2 windows hold. */
function gradientProgram(element: Element) {
  const { type, places } = element;
  return defineProgram({
    name: `maxPool gradient of ${type}`,
    inputs: { dy: type, x: type },
    outputs: { dx: type },
    uniforms: UNIFORMS,
    workgroupSize: [64, 1, 1],
    entry: 'threads',
    code: `${greater(element)}
${tapIndex}
/** For each channel the index of the pixel that a window's gradient goes to. */
fn chosen(image : i32, row : i32, column : i32, group : i32) -> ${places} {
  let first = tapIndex(image, 2 * row - 1, 2 * column - 1, group);
  var best = x[first];
  var at = ${places}(first);
  for (var tap = 1; tap < 9; tap++) {
    let here = tapIndex(image, 2 * row - 1 + tap / 3, 2 * column - 1 + tap % 3, group);
    let value = x[here];
    let taken = takes(value, best);
    best = select(best, value, taken);
    at = select(at, ${places}(here), taken);
  }
  return at;
}
fn run(index : i32) {${place}
  var sums : array<${type}, 4>;
  for (var w = 0; w < 4; w++) {
    let windowRow = row + w / 2;
    let windowColumn = column + w % 2;
    if (windowRow < uniforms.outHeight && windowColumn < uniforms.outWidth) {
      let at = chosen(image, windowRow, windowColumn, group);
      let share = dy[((image * uniforms.outHeight + windowRow) * uniforms.outWidth + windowColumn) * uniforms.groups + group];
      for (var p = 0; p < 4; p++) {
        let here = ((image * uniforms.height + 2 * row + p / 2) * uniforms.width + 2 * column + p % 2) * uniforms.groups + group;
        sums[p] += select(${type}(), share, at == ${places}(here));
      }
    }
  }
  for (var p = 0; p < 4; p++) {
    let r = 2 * row + p / 2;
    let c = 2 * column + p % 2;
    if (r < uniforms.height && c < uniforms.width) {
      dx[((image * uniforms.height + r) * uniforms.width + c) * uniforms.groups + group] = sums[p];
    }
  }
}`,
  });
}

const FORWARD = { 1: forwardProgram(ELEMENTS.scalar), 4: forwardProgram(ELEMENTS.vector) } as const;
const GRADIENT = { 1: gradientProgram(ELEMENTS.scalar), 4: gradientProgram(ELEMENTS.vector) } as const;

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

/** What both programs need for x: uniforms, and a thread for each window and group of channels. */
function dispatchFor(shape: Shape) {
  const [n, height, width, channels] = shape;
  const [, outHeight, outWidth] = outShape(shape);
  const lanes = channels % 4 === 0 ? 4 : 1;
  const groups = channels / lanes;
  return {
    lanes,
    uniforms: { height, width, outHeight, outWidth, groups },
    size: n * outHeight * outWidth * groups,
  } as const;
}

function forwardOnGpu(x: tf.Tensor4D): tf.Tensor4D {
  const { lanes, uniforms, size } = dispatchFor(x.shape);
  return runProgram(FORWARD[lanes], { inputs: { x }, outputs: { y: outShape(x.shape) }, uniforms, size })
    .y as tf.Tensor4D;
}

function gradientOnGpu(dy: tf.Tensor4D, x: tf.Tensor4D): tf.Tensor4D {
  const { lanes, uniforms, size } = dispatchFor(x.shape);
  return runProgram(GRADIENT[lanes], { inputs: { dy, x }, outputs: { dx: x.shape }, uniforms, size }).dx as tf.Tensor4D;
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

/** Gradient of `maxPool` in x [N, H, W, C], from dy [N, ceil(H / 2), ceil(W / 2), C] and x. */
export const maxPoolGradient = defineOp({
  name: 'MaxPoolOf3x3Gradient',
  webgpu: gradientOnGpu,
  wasm: maxPoolGradientOnWasm,
  plain: plainMaxPoolGradient,
});

const run = defineOp<'x', object>({
  name: 'MaxPoolOf3x3',
  webgpu: ({ x }) => [forwardOnGpu(x as tf.Tensor4D)],
  wasm: ({ x }) => [maxPoolOnWasm(x as tf.Tensor4D)],
  plain: ({ x }) => [plainMaxPool(x as tf.Tensor4D)],
  gradient: ([dy], { inputs: { x } }) => ({ x: () => maxPoolGradient(dy as tf.Tensor4D, x as tf.Tensor4D) }),
});

/**
 * Maxima of windows of 3 x 3 pixels at stride 2 with padding 1, as PyTorch's `nn.MaxPool2d(3, 2, 1)`: x [N, H, W, C] ->
 * [N, ceil(H / 2), ceil(W / 2), C], differentiable. A window that holds NaN gives NaN.
 */
export function maxPool(x: tf.Tensor4D): tf.Tensor4D {
  return run({ x }, {})[0] as tf.Tensor4D;
}
