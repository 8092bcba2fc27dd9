import * as tf from '@tensorflow/tfjs';
import { compileKernels, type Kernel, type RunKernel, type Variant } from '../../wasmgen/kernel';
import { hasRelaxedSimd } from '../../wasmgen/support';
import { Arena, Heap, type Pool } from './pools';

/** The backend's name, which is also the engine's. */
export const WASM_BACKEND = 'wasm';

type DataId = tf.TensorInfo['dataId'];
type Values = Float32Array | Int32Array | Uint8Array;

/** Where the numbers of tensors lie that share them. */
interface TensorData {
  readonly dtype: tf.DataType;
  readonly size: number;
  readonly offset: number;
  readonly pool: Pool;
  refCount: number;
  /** Texts, which do not lie in the memory. */
  readonly texts: Uint8Array[] | null;
}

interface KernelCall {
  readonly kernel: Kernel;
  readonly run: RunKernel;
  readonly offsets: readonly number[];
}

/** One thing that a recorded step does: a call of a generated kernel, or anything else. */
export type Command = KernelCall | (() => void);

/** What a recorded step does, in order, and the memory that it does it in. */
export interface Commands {
  readonly list: readonly Command[];
  readonly arena: Arena;
}

const bytesOf = (dtype: tf.DataType, size: number): number => (dtype === 'bool' ? 1 : 4) * size;

/**
 * tfjs's interface to a processor's memory in which generated WebAssembly works. Whatever is computed can also be recorded instead: then
 * nothing is executed, and the calls are written down with the places that they work on.
 */
export class WasmBackend extends tf.KernelBackend {
  readonly heap = new Heap();
  /** How kernels are written here. It decides the last bits, so that only benchmarks and tests change it. */
  variant: Variant = { fma: hasRelaxedSimd() };
  readonly #data = new tf.DataStorage<TensorData>(this, tf.engine());
  readonly #compiled = new Map<string, RunKernel>();
  #scratch = { offset: 0, bytes: 0 };
  #recording: { readonly list: Command[]; readonly arena: Arena } | null = null;

  /** Whether calls are written down now instead of being executed. */
  get isRecording(): boolean {
    return this.#recording !== null;
  }

  /** Where results and temporary numbers go now. */
  get pool(): Pool {
    return this.#recording?.arena ?? this.heap;
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: tf.backend_util.BackendValues | null,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    if (dtype === 'complex64') throw new Error('complex numbers are not computed on the processor’s engine');
    const size = tf.util.sizeFromShape(shape);
    const texts = dtype === 'string' ? (values as Uint8Array[]) : null;
    // What the host fills, no replay fills again.
    const pool = values === null ? this.pool : (this.#recording?.arena.constants ?? this.heap);
    const offset = texts === null ? pool.take(bytesOf(dtype, size)) : 0;
    this.#data.set(dataId, { dtype, size, offset, pool, refCount, texts });
    if (texts === null && values !== null) this.view({ dataId, shape, dtype }).set(values as Values);
  }

  /** A tensor's description, its numbers yet to be filled unless they are given. */
  makeTensorInfo(shape: readonly number[], dtype: tf.DataType, values: Values | null = null): tf.TensorInfo {
    const dataId = {};
    this.move(dataId, values, [...shape], dtype, 1);
    return { dataId, shape: [...shape], dtype };
  }

  /** The numbers themselves, until the memory grows. */
  view(info: tf.TensorInfo): Values {
    return this.viewLater(info)();
  }

  /** A function that looks at the place where a tensor's numbers lie, even when the tensor is no more. */
  viewLater({ dataId }: tf.TensorInfo): () => Values {
    const { dtype, size, offset, texts } = this.#data.get(dataId);
    if (texts !== null) throw new Error('texts do not lie in the memory');
    const { memory } = this.heap;
    return () => {
      if (dtype === 'bool') return new Uint8Array(memory.buffer, offset, size);
      if (dtype === 'int32') return new Int32Array(memory.buffer, offset, size);
      return new Float32Array(memory.buffer, offset, size);
    };
  }

  /** Texts of a tensor; null for numbers. */
  textsOf({ dataId }: tf.TensorInfo): Uint8Array[] | null {
    return this.#data.get(dataId).texts;
  }

  /** Byte offset of a tensor's numbers. */
  offsetOf({ dataId }: tf.TensorInfo): number {
    return this.#data.get(dataId).offset;
  }

  override readSync(dataId: DataId): tf.backend_util.BackendValues {
    if (this.#recording !== null) throw new Error('a step that is recorded must not read back from the device');
    const { texts, dtype } = this.#data.get(dataId);
    return texts ?? this.view({ dataId, shape: [], dtype }).slice();
  }

  override async read(dataId: DataId): Promise<tf.backend_util.BackendValues> {
    return this.readSync(dataId);
  }

  override refCount(dataId: DataId): number {
    return this.#data.has(dataId) ? this.#data.get(dataId).refCount : 0;
  }

  override incRef(dataId: DataId): void {
    this.#data.get(dataId).refCount += 1;
  }

  override numDataIds(): number {
    return this.#data.numDataIds();
  }

  /** @throws Error when a step that is recorded disposes a tensor from before it: its replays would find another in its place */
  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.#data.has(dataId)) return true;
    const data = this.#data.get(dataId);
    const isLast = force || data.refCount <= 1;
    if (isLast && this.#recording !== null && data.pool === this.heap) {
      throw new Error('a step that is recorded must not dispose, or assign to, a tensor from before it');
    }
    data.refCount -= 1;
    if (!isLast) return false;
    if (data.texts === null) data.pool.give(data.offset, bytesOf(data.dtype, data.size));
    this.#data.delete(dataId);
    return true;
  }

  disposeIntermediateTensorInfo({ dataId }: tf.TensorInfo): void {
    this.disposeData(dataId);
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(work: () => void): Promise<tf.BackendTimingInfo> {
    const start = tf.util.now();
    work();
    return { kernelMs: tf.util.now() - start };
  }

  /** Does all of a kernel's work; offsets in the order of its buffers. */
  run(kernel: Kernel, offsets: readonly number[]): void {
    let run = this.#compiled.get(kernel.name);
    if (run === undefined) {
      run = compileKernels([kernel], this.heap.memory);
      this.#compiled.set(kernel.name, run);
    }
    if (kernel.scratchBytes > this.#scratch.bytes) this.#widenScratch(kernel.scratchBytes);
    const call = { kernel, run, offsets };
    if (this.#recording !== null) this.#recording.list.push(call);
    else this.#execute(call);
  }

  /** Does something that is no generated kernel, now or in each replay. */
  do(work: () => void): void {
    if (this.#recording !== null) this.#recording.list.push(work);
    else work();
  }

  #execute(command: Command): void {
    if (typeof command === 'function') command();
    else command.run(command.kernel, command.offsets, this.#scratch.offset, 0, command.kernel.units);
  }

  #widenScratch(bytes: number): void {
    if (this.#scratch.bytes > 0) this.heap.give(this.#scratch.offset, this.#scratch.bytes);
    this.#scratch = { offset: this.heap.take(bytes), bytes };
  }

  /**
   * Writes down what `body` does, without doing it. Tensors from before keep their places.
   * @throws Error when `body` reads back, or disposes a tensor from before
   */
  record<T>(body: () => T): { readonly value: T; readonly commands: Commands } {
    if (this.#recording !== null) throw new Error('a recording is under way already');
    const recording = { list: [], arena: new Arena(this.heap) };
    this.#recording = recording;
    try {
      return { value: body(), commands: recording };
    } catch (error) {
      recording.arena.dispose();
      throw error;
    } finally {
      this.#recording = null;
    }
  }

  replay({ list }: Commands): void {
    for (const command of list) this.#execute(command);
  }

  override dispose(): void {
    this.#compiled.clear();
  }
}

/** The backend, where it is the active one. */
export function wasmBackend(): WasmBackend {
  return tf.backend() as WasmBackend;
}

/** Whether tensors are computed by this backend now. */
export function isWasm(): boolean {
  return tf.getBackend() === WASM_BACKEND;
}
