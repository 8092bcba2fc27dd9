import * as tf from '@tensorflow/tfjs';
import { WASM_BACKEND, wasmBackend } from '../runtime/wasm/backend';
import { computeOnCpu } from '../runtime/wasm/cpuFallback';
import { runKernel } from '../runtime/wasm/run';
import { type BinaryOperation, step, type UnaryOperation, unary } from '../wasmgen/arithmetic';
import { type Comparison, truthToFloat } from '../wasmgen/comparison';
import { logarithm } from '../wasmgen/logarithm';
import { relu } from '../wasmgen/relu';
import { softmax } from '../wasmgen/softmax';
import { matMulOnWasm } from './matMul';
import { binaryOnWasm, compareOnWasm } from './operands';
import { concatOnWasm, gatherOnWasm, packOnWasm, shared, sliceOnWasm, splitOnWasm, transposeOnWasm } from './parts';
import { maxOnWasm, reduceOnWasm } from './reductions';

/**
 * tfjs's kernels on our backend for the processor: a generated version where losses, monitors and gradients spend time, and otherwise tfjs's
 * own for its CPU backend. An op of ours brings its version with its declaration (`defineOp`).
 */

type Inputs = Readonly<Record<string, tf.TensorInfo>>;

/** Attributes of the kernels below; each has some of them. */
interface Attributes {
  readonly shape: number[];
  readonly dim: number;
  readonly dtype: tf.DataType;
  readonly axis: number;
  readonly keepDims: boolean;
  readonly reductionIndices: number | number[];
  readonly batchDims: number;
  readonly alpha: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly numOrSizeSplits: number | number[];
  readonly begin: number | number[];
  readonly size: number | number[];
  readonly perm: readonly number[];
}

/** Computes a kernel by generated code, or returns null where that has no version for these inputs. */
type Compute = (inputs: Inputs, attributes: Attributes) => tf.TensorInfo | tf.TensorInfo[] | null;

const isFloat = ({ dtype }: tf.TensorInfo): boolean => dtype === 'float32';
const sizeOf = ({ shape }: tf.TensorInfo): number => tf.util.sizeFromShape(shape);

/** A result [..] of x's shape, by a kernel over its numbers. */
function pointwise(x: tf.TensorInfo, kernel: Parameters<typeof runKernel<'x' | 'y'>>[0]): tf.TensorInfo {
  const y = wasmBackend().makeTensorInfo(x.shape, 'float32');
  runKernel(kernel, { x, y });
  return y;
}

/** A kernel for the count of x's numbers. */
const pointwiseOf =
  (kernelFor: (count: number, attributes: Attributes) => Parameters<typeof pointwise>[1]): Compute =>
  ({ x }, attributes) =>
    isFloat(x) && sizeOf(x) > 0 ? pointwise(x, kernelFor(sizeOf(x), attributes)) : null;

const unaryOf = (operation: UnaryOperation): Compute => pointwiseOf((count) => unary(operation, count));

const binaryOf =
  (operation: BinaryOperation): Compute =>
  ({ a, b }) =>
    isFloat(a) && isFloat(b) ? binaryOnWasm(operation, a, b) : null;

/** Along the last axis. */
function softmaxOnWasm(logits: tf.TensorInfo, dim: number): tf.TensorInfo | null {
  const { shape } = logits;
  if (!isFloat(logits) || sizeOf(logits) === 0 || (dim !== -1 && dim !== shape.length - 1)) return null;
  const length = shape[shape.length - 1];
  return pointwise(logits, softmax(sizeOf(logits) / length, length));
}

const comparisonOf =
  (comparison: Comparison): Compute =>
  ({ a, b }) =>
    isFloat(a) && isFloat(b) ? compareOnWasm(comparison, a, b) : null;

function castOnWasm(x: tf.TensorInfo, dtype: tf.DataType): tf.TensorInfo | null {
  if (x.dtype === dtype) return shared(x, x.shape, dtype);
  return x.dtype === 'bool' && dtype === 'float32' && sizeOf(x) > 0 ? pointwise(x, truthToFloat(sizeOf(x))) : null;
}

const reductionOf =
  (kind: 'sum' | 'mean'): Compute =>
  ({ x }, attrs) =>
    isFloat(x) ? reduceOnWasm(kind, x, attrs) : null;

function addN(inputs: Inputs): tf.TensorInfo | null {
  const list = Object.values(inputs);
  if (!list.every(isFloat) || list.length < 2) return null;
  const backend = wasmBackend();
  let sum: tf.TensorInfo | null = null;
  for (const next of list.slice(1)) {
    const longer = binaryOnWasm('add', sum ?? list[0], next);
    if (sum !== null) backend.disposeData(sum.dataId);
    if (longer === null) return null;
    sum = longer;
  }
  return sum;
}

const GENERATED: Readonly<Record<string, Compute>> = {
  Identity: ({ x }) => shared(x, x.shape, x.dtype),
  Reshape: ({ x }, { shape }) => shared(x, tf.util.inferFromImplicitShape(shape, sizeOf(x)), x.dtype),
  ExpandDims: ({ input }, { dim }) => {
    const shape = [...input.shape];
    shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1);
    return shared(input, shape, input.dtype);
  },
  Cast: ({ x }, { dtype }) => castOnWasm(x, dtype),
  OnesLike: ({ x }) => {
    return isFloat(x) ? wasmBackend().makeTensorInfo(x.shape, x.dtype, new Float32Array(sizeOf(x)).fill(1)) : null;
  },
  Add: binaryOf('add'),
  Sub: binaryOf('sub'),
  Multiply: binaryOf('mul'),
  RealDiv: binaryOf('div'),
  Maximum: binaryOf('max'),
  Equal: comparisonOf('equal'),
  GreaterEqual: comparisonOf('greaterEqual'),
  AddN: addN,
  Neg: unaryOf('neg'),
  Square: unaryOf('square'),
  Sqrt: unaryOf('sqrt'),
  Rsqrt: unaryOf('rsqrt'),
  Exp: unaryOf('exp'),
  Log: pointwiseOf(logarithm),
  Step: pointwiseOf((count, { alpha }) => step(alpha, count)),
  Relu: pointwiseOf(relu),
  Max: ({ x }, { reductionIndices, keepDims }) => (isFloat(x) ? maxOnWasm(x, reductionIndices, keepDims) : null),
  Sum: reductionOf('sum'),
  Mean: reductionOf('mean'),
  BatchMatMul: ({ a, b }, attrs) => (isFloat(a) && isFloat(b) ? matMulOnWasm(a, b, attrs) : null),
  Concat: (inputs, { axis }) => concatOnWasm(Object.values(inputs), axis),
  Pack: (inputs, { axis }) => packOnWasm(Object.values(inputs), axis),
  GatherV2: ({ x, indices }, attrs) => gatherOnWasm(x, indices, attrs),
  SplitV: ({ x }, attrs) => splitOnWasm(x, attrs),
  Slice: ({ x }, attrs) => sliceOnWasm(x, attrs),
  Transpose: ({ x }, attrs) => transposeOnWasm(x, attrs),
  Softmax: ({ logits }, { dim }) => softmaxOnWasm(logits, dim),
};

/** Registers all kernels of tfjs's CPU backend for ours; once. */
export function registerTfjsKernels(): void {
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend('cpu')) {
    if (tf.getKernel(kernelName, WASM_BACKEND) !== undefined) continue;
    const generated = GENERATED[kernelName];
    tf.registerKernel({
      kernelName,
      backendName: WASM_BACKEND,
      kernelFunc: ({ inputs, attrs }) =>
        generated?.(inputs as Inputs, attrs as unknown as Attributes) ?? computeOnCpu(kernelFunc, inputs, attrs),
    });
  }
}
