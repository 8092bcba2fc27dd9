import * as tf from '@tensorflow/tfjs';
import { assembleKernels, instantiateKernels, type Kernel, type RunKernel, type Variant } from '../../wasmgen/kernel';
import { hasRelaxedSimd } from '../../wasmgen/support';
import { Arena, alignedBytes, type Heap, type Pool } from './pools';
import type { Job } from './threads/board';
import type { Crew } from './threads/crew';
import { KernelTime } from './threads/kernelTime';
import { ThreadChoice } from './threads/threadChoice';

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

interface CompiledKernel {
  readonly run: RunKernel;
  /** Where other threads find it, and how long it takes; null where there are none. */
  readonly shared: { readonly module: Job['module']; readonly time: KernelTime } | null;
}

interface KernelCall {
  readonly kernel: Kernel;
  readonly compiled: CompiledKernel;
  readonly offsets: readonly number[];
}

/** One thing that a recorded step does: a call of a generated kernel, or anything else. */
export type Command = KernelCall | (() => void);

/** What a recorded step does, in order, and the memory that it does it in. */
export interface Commands {
  readonly list: readonly Command[];
  readonly arena: Arena;
  readonly threads: ThreadChoice;
}

const bytesOf = (dtype: tf.DataType, size: number): number => (dtype === 'bool' ? 1 : 4) * size;

/**
 * tfjs's interface to a processor's memory in which generated WebAssembly works. Whatever is computed can also be recorded instead: then
 * nothing is executed, and the calls are recorded with the memory offsets that they work on.
 */
export class WasmBackend extends tf.KernelBackend {
  readonly heap: Heap;
  /** Threads that share the work of kernels; null where the calling one is alone. */
  readonly #crew: Crew | null;
  /** The variant of the kernels. It decides the last bits of results, so only benchmarks and tests change it. */
  variant: Variant = { fma: hasRelaxedSimd() };
  readonly #data = new tf.DataStorage<TensorData>(this, tf.engine());
  readonly #compiled = new Map<string, CompiledKernel>();
  /** Memory of the first thread for temporary numbers; that of the others follows. */
  #scratch = { offset: 0, bytes: 0 };
  /** How many of the threads work, 1 to `threads`; null for the number that measures fastest. It does not change any result. */
  activeThreads: number | null = null;
  /** Kernels that take less time on one thread are not shared: waking another thread takes about as long. */
  shareFromMs = 0.03;
  #recording: { readonly list: Command[]; readonly arena: Arena; readonly threads: ThreadChoice } | null = null;

  constructor(heap: Heap, crew: Crew | null) {
    super();
    this.heap = heap;
    this.#crew = crew;
  }

  /** Threads that can compute, the calling one included. */
  get threads(): number {
    return this.#crew?.size ?? 1;
  }

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
    const compiled = this.#compiled.get(kernel.name) ?? this.#compile(kernel);
    if (kernel.scratchBytes > this.#scratch.bytes) this.#widenScratch(kernel.scratchBytes);
    const call = { kernel, compiled, offsets };
    if (this.#recording !== null) this.#recording.list.push(call);
    else this.#execute(call, this.activeThreads ?? this.threads);
  }

  #compile(kernel: Kernel): CompiledKernel {
    const bytes = assembleKernels([kernel], this.heap.isShared);
    const compiled = {
      run: instantiateKernels(bytes, this.heap.memory),
      shared: this.#crew === null ? null : { module: this.#publish(kernel.name, bytes), time: new KernelTime() },
    };
    this.#compiled.set(kernel.name, compiled);
    return compiled;
  }

  /** Writes a module where other threads find it, for as long as the backend lives. */
  #publish(name: string, bytes: Uint8Array): Job['module'] {
    const written = [...name].map((character) => character.charCodeAt(0));
    const offset = this.heap.take(bytes.length + written.length);
    const place = new Uint8Array(this.heap.memory.buffer, offset, bytes.length + written.length);
    place.set(bytes);
    place.set(written, bytes.length);
    return { offset, bytes: bytes.length, nameBytes: written.length };
  }

  /** Does something that is no generated kernel, now or in each replay. */
  do(work: () => void): void {
    if (this.#recording !== null) this.#recording.list.push(work);
    else work();
  }

  #execute(command: Command, threads: number): void {
    if (typeof command === 'function') {
      command();
      return;
    }
    const { kernel, compiled, offsets } = command;
    const { units } = kernel;
    const scratch = this.#scratch;
    const compute = (from: number, to: number) => compiled.run(kernel, offsets, scratch.offset, from, to);
    if (this.#crew === null || compiled.shared === null || threads === 1 || units === 1) {
      compute(0, units);
      return;
    }
    const { module, time } = compiled.shared;
    if (time.isNext()) time.measure(() => compute(0, units));
    else if (time.best < this.shareFromMs) compute(0, units);
    else this.#crew.share({ module, units, scratch, offsets }, threads, compute);
  }

  #widenScratch(bytes: number): void {
    const { offset, bytes: before } = this.#scratch;
    if (before > 0) this.heap.give(offset, before * this.threads);
    const aligned = alignedBytes(bytes);
    this.#scratch = { offset: this.heap.take(aligned * this.threads), bytes: aligned };
  }

  /**
   * Writes down what `body` does, without doing it. Tensors from before keep their places.
   * @throws Error when `body` reads back, or disposes a tensor from before
   */
  record<T>(body: () => T): { readonly value: T; readonly commands: Commands } {
    if (this.#recording !== null) throw new Error('a recording is under way already');
    const recording = { list: [], arena: new Arena(this.heap), threads: new ThreadChoice(this.threads) };
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

  replay({ list, threads }: Commands): void {
    const fixed = this.activeThreads;
    const count = fixed ?? threads.next();
    const start = tf.util.now();
    for (const command of list) this.#execute(command, count);
    if (fixed === null) threads.took(tf.util.now() - start);
  }

  override dispose(): void {
    this.#compiled.clear();
    this.#crew?.dispose();
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
