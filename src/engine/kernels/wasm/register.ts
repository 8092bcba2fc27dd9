import * as tf from '@tensorflow/tfjs';
import { middleMean } from './columns';
import { transposedProduct } from './products';

/**
 * Kernels that replace tfjs's own on its WASM backend, under tfjs's names, as combinations of its fast ones. Only kernels that plain tfjs
 * ops call belong here: losses, monitors, optimiser and tfjs's own gradients call sums, means, products and copies that are slow there. An
 * op of ours brings its WASM implementation with its declaration (`defineOp`).
 */

type Inputs = Readonly<Record<string, tf.Tensor>>;
type Compute<Attributes> = (inputs: Inputs, attributes: Attributes) => tf.TensorInfo | null;

/** Registers a kernel for WASM; where `compute` returns null, tfjs's own kernel computes the result. */
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

/** The mean over neighbouring axes of a float32 tensor, if they do not include the last axis; null for any other reduction. */
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

let registered = false;

/** Call it before the WASM backend starts. */
export function registerWasmKernels(): void {
  if (registered) return;
  registered = true;
  override<MatMulAttributes>('BatchMatMul', ({ a, b }, { transposeA, transposeB }) =>
    transposeA || transposeB ? transposedProduct(a, b, transposeA, transposeB) : null,
  );
  // tfjs would copy the values, although tensors are never written to; the tape saves each activation and each weight with this kernel.
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
