import * as tf from '@tensorflow/tfjs';
import { convGeometry, type Shape4D } from '../../engine/kernels/conv2d/geometry';
import { filterGradientByConvolution, inputGradientByConvolution } from './convolutionGradients';

/**
 * Kernels that tfjs's WASM backend lacks or computes slowly, as combinations of its fast ones, so that the comparison is with the best step
 * that we know on XNNPACK: with tfjs's own kernels alone a step cannot be trained there.
 */

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: number;
  readonly filterShape: Shape4D;
  readonly inputShape: Shape4D;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly axis: number | number[];
  readonly keepDims: boolean;
}

type Inputs = Readonly<Record<string, tf.Tensor>>;
/** Computes a kernel, or returns null where tfjs's own is to be used. */
type Compute = (inputs: Inputs, attributes: Attributes) => tf.TensorInfo | null;

/** Rows averaged at once: few enough for the error of sums in float32 to stay below 1e-6. */
const MOST_ROWS = 1024;

function rowsAtOnce(rows: number): number {
  if (rows <= MOST_ROWS) return rows;
  for (let divisor = MOST_ROWS; divisor >= 16; divisor--) if (rows % divisor === 0) return divisor;
  return rows;
}

/** Means over the middle axis of x [outer, rows, columns] -> [outer, columns], by average pooling, which reads the numbers in order. */
function middleMean(x: tf.Tensor3D): tf.Tensor2D {
  const [outer, rows, columns] = x.shape;
  let means: tf.Tensor = x;
  let left = rows;
  while (left > 1) {
    const pooled = rowsAtOnce(left);
    left /= pooled;
    means = tf.avgPool(means.reshape<tf.Tensor4D>([outer * left, pooled, 1, columns]), [pooled, 1], 1, 'valid');
  }
  return means.reshape<tf.Tensor2D>([outer, columns]);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** `of` the mean over neighbouring axes that are followed by others, and of the number of values; null for any other reduction. */
function reduced(
  x: tf.Tensor,
  { axis, keepDims }: Attributes,
  of: (mean: tf.Tensor, count: number) => tf.Tensor,
): tf.Tensor | null {
  const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const [first] = axes;
  const end = first + axes.length;
  if (x.dtype !== 'float32' || x.size === 0 || axes.length === 0 || end === x.rank) return null;
  if (axes.some((a, i) => a !== first + i)) return null;
  const count = sizeOf(x.shape.slice(first, end));
  const kept = [...x.shape.slice(0, first), ...(keepDims ? axes.map(() => 1) : []), ...x.shape.slice(end)];
  return tf.tidy(() => {
    const rows = x.reshape<tf.Tensor3D>([sizeOf(x.shape.slice(0, first)), count, sizeOf(x.shape.slice(end))]);
    return of(middleMean(rows).reshape(kept), count);
  });
}

function swapped<T extends tf.Tensor>(x: T): T {
  const axes = x.shape.map((_, i) => i);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/** tfjs's product is some fifty times slower where one side is transposed. Transposes the smaller side: a b^T = (b a^T)^T. */
function transposedProduct(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor {
  return tf.tidy(() => {
    if (!transposeA && a.size < b.size) return swapped(tf.matMul(b, swapped(a)));
    return tf.matMul(transposeA ? swapped(a) : a, transposeB ? swapped(b) : b);
  });
}

/** tfjs copies the data, although tensors are never written to; it would do so for every activation and weight that the tape saves. */
function sameData({ dataId, shape, dtype }: tf.Tensor): tf.TensorInfo {
  const backend = tf.backend() as unknown as { incRef(dataId: object): void };
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}

/** The stride of a convolution, the same in both directions. */
const strideOf = ({ strides }: Attributes): number => (typeof strides === 'number' ? strides : strides[0]);

const REPLACEMENTS: Readonly<Record<string, Compute>> = {
  Conv2DBackpropInput: ({ dy, filter }, attributes) =>
    inputGradientByConvolution(
      dy as tf.Tensor4D,
      filter as tf.Tensor4D,
      convGeometry(attributes.inputShape, filter.shape as Shape4D, strideOf(attributes), attributes.pad),
    ),
  Conv2DBackpropFilter: ({ x, dy }, attributes) =>
    filterGradientByConvolution(
      x as tf.Tensor4D,
      dy as tf.Tensor4D,
      convGeometry(x.shape as Shape4D, attributes.filterShape, strideOf(attributes), attributes.pad),
    ),
  BatchMatMul: ({ a, b }, { transposeA, transposeB }) =>
    transposeA || transposeB ? transposedProduct(a, b, transposeA, transposeB) : null,
  Mean: ({ x }, attributes) => reduced(x, attributes, (mean) => mean),
  Sum: ({ x }, attributes) => reduced(x, attributes, (mean, count) => tf.mul(mean, count)),
  Identity: ({ x }) => sameData(x),
};

/** Registers the replacements for a backend that has tfjs's own kernels. */
export function replaceSlowKernels(backendName: string): void {
  for (const [kernelName, compute] of Object.entries(REPLACEMENTS)) {
    const stock: tf.KernelConfig | undefined = tf.getKernel(kernelName, backendName);
    if (stock !== undefined) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      ...stock,
      kernelName,
      backendName,
      kernelFunc: (given) => {
        const computed = compute(given.inputs as unknown as Inputs, given.attrs as unknown as Attributes);
        if (computed !== null) return computed;
        if (stock === undefined) throw new Error(`${kernelName}: tfjs’s WASM backend has no such kernel`);
        return stock.kernelFunc(given);
      },
    });
  }
}
