import * as tf from '@tensorflow/tfjs';
import { type WasmBackend, wasmBackend } from './backend';

/** tfjs's kernels for its CPU backend, in plain JavaScript, on the numbers of our memory: what computes all that nothing was generated for. */

type Values = Float32Array | Int32Array | Uint8Array;

/** The parts of tfjs's CPU backend that its kernels are called with; those of the pinned version 4.22. */
interface CpuBackend {
  firstUse: boolean;
  readonly data: { get(dataId: tf.TensorInfo['dataId']): { readonly values: Values } };
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: Values | Uint8Array[]): tf.TensorInfo;
  disposeData(dataId: tf.TensorInfo['dataId']): boolean;
}

type KernelFunc = tf.KernelConfig['kernelFunc'];
type Inputs = Parameters<KernelFunc>[0]['inputs'];
type Attributes = Parameters<KernelFunc>[0]['attrs'];

function cpuBackend(): CpuBackend {
  const cpu = tf.findBackend('cpu') as unknown as CpuBackend;
  // It would print an advertisement at its first tensor under Node.
  cpu.firstUse = false;
  return cpu;
}

/** Inputs come by name, or as a list where an op takes any number of them. */
function mapInputs(inputs: Inputs, of: (info: tf.TensorInfo) => tf.TensorInfo): Inputs {
  const each = (info: tf.TensorInfo | undefined) => (info === undefined || info === null ? info : of(info));
  if (Array.isArray(inputs)) return inputs.map(each) as unknown as Inputs;
  return Object.fromEntries(Object.entries(inputs).map(([name, info]) => [name, each(info)])) as Inputs;
}

/** Calls the kernel on inputs with these values, and hands each of its outputs on. */
function callOnCpu(
  kernel: KernelFunc,
  inputs: Inputs,
  attrs: Attributes,
  valuesOf: (input: tf.TensorInfo) => Values | Uint8Array[],
  take: (output: tf.TensorInfo, values: Values, index: number) => void,
): 'one' | 'list' {
  const cpu = cpuBackend();
  const made: tf.TensorInfo[] = [];
  const given = mapInputs(inputs, (info) => {
    const copy = cpu.makeTensorInfo(info.shape, info.dtype, valuesOf(info));
    made.push(copy);
    return copy;
  });
  try {
    const result = kernel({ inputs: given, attrs, backend: cpu });
    const outputs = Array.isArray(result) ? result : [result];
    made.push(...outputs);
    outputs.forEach((output, index) => take(output, cpu.data.get(output.dataId).values, index));
    return Array.isArray(result) ? 'list' : 'one';
  } finally {
    for (const { dataId } of made) cpu.disposeData(dataId);
  }
}

function zerosLike({ shape, dtype }: tf.TensorInfo): Values {
  return tf.util.makeZerosTypedArray(tf.util.sizeFromShape(shape), dtype as 'float32');
}

/** What the kernel would give for inputs of these shapes, filled by each replay. */
function recordOnCpu(
  backend: WasmBackend,
  kernel: KernelFunc,
  inputs: Inputs,
  attrs: Attributes,
): tf.TensorInfo | tf.TensorInfo[] {
  const outputs: tf.TensorInfo[] = [];
  // The shapes do not depend on the numbers, and zeros are fit for indices too.
  const form = callOnCpu(kernel, inputs, attrs, zerosLike, ({ shape, dtype }) => {
    outputs.push(backend.makeTensorInfo(shape, dtype));
  });
  // The tensors may be gone when this is replayed, their places are not.
  const places = new Map<tf.TensorInfo, () => Values>();
  mapInputs(inputs, (info) => {
    places.set(info, backend.viewLater(info));
    return info;
  });
  const targets = outputs.map((output) => backend.viewLater(output));
  const valuesOf = (info: tf.TensorInfo) => places.get(info)?.() ?? zerosLike(info);
  backend.do(() => {
    callOnCpu(kernel, inputs, attrs, valuesOf, (_, values, index) => targets[index]().set(values));
  });
  return form === 'list' ? outputs : outputs[0];
}

/** Computes a kernel of tfjs's CPU backend for ours. */
export function computeOnCpu(kernel: KernelFunc, inputs: Inputs, attrs: Attributes): tf.TensorInfo | tf.TensorInfo[] {
  const backend = wasmBackend();
  if (backend.isRecording) return recordOnCpu(backend, kernel, inputs, attrs);
  const results: { readonly info: tf.TensorInfo; readonly values: Values }[] = [];
  const form = callOnCpu(
    kernel,
    inputs,
    attrs,
    (info) => backend.textsOf(info) ?? backend.view(info),
    // Outputs may be parts of inputs, whose views end when the memory grows for the outputs.
    (info, values) =>
      results.push({ info, values: values.buffer === backend.heap.memory.buffer ? values.slice() : values }),
  );
  const outputs = results.map(({ info, values }) => backend.makeTensorInfo(info.shape, info.dtype, values));
  return form === 'list' ? outputs : outputs[0];
}
