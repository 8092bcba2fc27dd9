import * as tf from '@tensorflow/tfjs';
import { middleMean } from './columns';
import { filterGradient, inputGradient } from './conv2dGradients';
import type { ConvAttributes, Images } from './convGeometry';

/**
 * The kernels that training needs of tfjs's WASM backend, where it has none or a naive one. They are combinations of its fast ones, under
 * tfjs's own names, so that plain tfjs ops and their gradients find them.
 */

type Inputs = Readonly<Record<string, tf.Tensor>>;
type Compute<Attributes> = (inputs: Inputs, attributes: Attributes) => tf.TensorInfo | null;

/** Registers a kernel for WASM; where `compute` returns null, tfjs's own goes on. */
function override<Attributes>(kernelName: string, compute: Compute<Attributes>): void {
  const stock = tf.getKernel(kernelName, 'wasm');
  if (stock !== undefined) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    ...stock,
    kernelName,
    backendName: 'wasm',
    kernelFunc: (args) => {
      const computed = compute(args.inputs as unknown as Inputs, args.attrs as unknown as Attributes);
      if (computed !== null) return computed;
      if (stock === undefined) throw new Error(`${kernelName}: tfjs's WASM backend has no such kernel`);
      return stock.kernelFunc(args);
    },
  });
}

/** A reduction of float32 over neighbouring axes that leaves later ones; null for any other. */
function reduced(x: tf.Tensor, axis: number | number[], keepDims: boolean): { mean: tf.Tensor; count: number } | null {
  const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const [first] = axes;
  const end = first + axes.length;
  if (x.dtype !== 'float32' || x.size === 0 || axes.length === 0 || end === x.rank) return null;
  if (axes.some((a, i) => a !== first + i)) return null;
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const count = size(x.shape.slice(first, end));
  const left = keepDims ? axes.map(() => 1) : [];
  const shape = [...x.shape.slice(0, first), ...left, ...x.shape.slice(end)];
  const mean = tf.tidy(() =>
    middleMean(x.reshape([size(x.shape.slice(0, first)), count, size(x.shape.slice(end))])).reshape(shape),
  );
  return { mean, count };
}

interface ReductionAttributes {
  readonly axis: number | number[];
  readonly keepDims: boolean;
}

interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** tfjs's product is fast where neither side is to be transposed, and some fifty times slower else. */
function transposedProduct({ a, b }: Inputs, { transposeA, transposeB }: MatMulAttributes): tf.Tensor | null {
  if (!transposeA && !transposeB) return null;
  const swapped = (x: tf.Tensor) => {
    const axes = x.shape.map((_, i) => i);
    return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
  };
  return tf.tidy(() => {
    // a b^T = (b a^T)^T: transposes whichever of the two is smaller.
    if (!transposeA && a.size < b.size) return swapped(tf.matMul(b, swapped(a)));
    return tf.matMul(transposeA ? swapped(a) : a, transposeB ? swapped(b) : b);
  });
}

/** Repetition of axes of one entry, the gradient of a mean, as a sum with zeros: tfjs's own takes each number by itself. */
function spread(x: tf.Tensor, reps: readonly number[]): tf.Tensor | null {
  if (x.dtype !== 'float32' || reps.some((times, axis) => times > 1 && x.shape[axis] !== 1)) return null;
  return tf.tidy(() => tf.add(tf.zeros(x.shape.map((size, axis) => size * reps[axis])), x));
}

let registered = false;

/** Call it before the WASM backend starts. */
export function registerWasmKernels(): void {
  if (registered) return;
  registered = true;
  override<ConvAttributes & { inputShape: Images }>('Conv2DBackpropInput', ({ dy, filter }, attributes) =>
    inputGradient(dy as tf.Tensor4D, filter as tf.Tensor4D, attributes, attributes.inputShape),
  );
  override<ConvAttributes & { filterShape: Images }>('Conv2DBackpropFilter', ({ x, dy }, attributes) =>
    filterGradient(x as tf.Tensor4D, dy as tf.Tensor4D, attributes, attributes.filterShape),
  );
  override<MatMulAttributes>('BatchMatMul', transposedProduct);
  override<{ reps: number[] }>('Tile', ({ x }, { reps }) => spread(x, reps));
  // tfjs copies, although tensors are never written to; the tape saves each activation and each weight that way.
  override<object>('Identity', ({ x }) => {
    const backend = tf.backend() as unknown as { incRef(dataId: object): void };
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });
  override<ReductionAttributes>('Mean', ({ x }, { axis, keepDims }) => reduced(x, axis, keepDims)?.mean ?? null);
  override<ReductionAttributes>('Sum', ({ x }, { axis, keepDims }) => {
    const result = reduced(x, axis, keepDims);
    if (result === null) return null;
    const sum = tf.mul(result.mean, result.count);
    result.mean.dispose();
    return sum;
  });
}
