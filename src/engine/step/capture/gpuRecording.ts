import * as tf from '@tensorflow/tfjs';
import { compileProgramsOf } from '../../kernels/runtime/program';
import {
  type BufferPool,
  bufferOf,
  type Encoder,
  type Pass,
  submitPending,
  type TensorData,
  type TfjsWebGpu,
  tfjsWebGpu,
} from '../../kernels/runtime/tfjsWebGpu';
import { BufferArena } from './bufferArena';
import type { Recording, Results } from './recording';

/** Recordings on WebGPU: pipelines, bind groups and sizes of the dispatches, and the buffers they work in. */

interface DispatchCommand {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly groups: readonly [number, number, number];
}

interface CopyCommand {
  readonly source: GPUBuffer;
  readonly destination: GPUBuffer;
  readonly offsets: readonly [source: number, destination: number];
  readonly bytes: number;
}

type Command = DispatchCommand | CopyCommand;

/** So that the device starts while the rest is encoded, and no submission keeps a slow adapter from everything else for long. */
const DISPATCHES_PER_SUBMIT = 64;

/** Takes the place of the backend's encoder and writes down what it is asked for; nothing is executed. */
function writingEncoder(commands: Command[]): Encoder {
  const pass = (): Pass => {
    let pipeline: GPUComputePipeline | null = null;
    let bindGroup: GPUBindGroup | null = null;
    return {
      setPipeline(next) {
        pipeline = next;
        return undefined;
      },
      setBindGroup(_index: number, next: GPUBindGroup | null | undefined) {
        bindGroup = next ?? null;
        return undefined;
      },
      dispatchWorkgroups(x, y = 1, z = 1) {
        if (pipeline === null || bindGroup === null) throw new Error('dispatch without pipeline or bind group');
        commands.push({ pipeline, bindGroup, groups: [x, y, z] });
        return undefined;
      },
      end: () => undefined,
    };
  };
  return {
    beginComputePass: () => pass() as GPUComputePassEncoder,
    copyBufferToBuffer: (source: GPUBuffer, from: unknown, to: unknown, offset?: number, bytes?: number) => {
      const [destination, offsets] =
        to instanceof GPUBuffer ? [to, [Number(from), offset ?? 0] as const] : [null, null];
      if (destination === null || bytes === undefined) throw new Error('this form of copy is not recorded');
      commands.push({ source, destination, offsets, bytes });
      return undefined;
    },
    finish: () => {
      throw new Error('a recording is not submitted');
    },
  };
}

const storageUsage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/** A tensor from outside stays outside, and is filled now and not by each replay. */
function uploadFromOutside(data: TensorData, pool: BufferPool, queue: TfjsWebGpu['queue']): void {
  if (data.resource != null) return;
  const values = data.dtype === 'float32' ? Float32Array.from(data.values ?? []) : Int32Array.from(data.values ?? []);
  const buffer = pool.acquireBuffer(4 * tf.util.sizeFromShape([...data.shape]), storageUsage());
  queue.writeBuffer(buffer, 0, values);
  data.values = null;
  data.resource = buffer;
}

/** Has the backend write into `commands` and take its buffers from `arena` until the function returned is called. */
function divert(backend: TfjsWebGpu, commands: Command[], arena: BufferArena): () => void {
  submitPending(backend);
  const { queue, bufferManager, commandQueueOwnedIds, uploadToGPU: upload } = backend;
  const overrides = {
    queue: {
      writeBuffer: (buffer: GPUBuffer, offset: number, data: ArrayBuffer) => {
        arena.filled(buffer);
        queue.writeBuffer(buffer, offset, data);
        return undefined;
      },
      submit: () => undefined,
    },
    bufferManager: arena,
    // Buffers may serve again as soon as they are released: what is recorded runs in order.
    commandQueueOwnedIds: { add: () => undefined, has: () => false },
  };
  const firstOfStep = backend.nextDataId();
  const methods = {
    uploadToGPU: (dataId: { readonly id: number }) => {
      if (dataId.id >= firstOfStep) upload.call(backend, dataId);
      else uploadFromOutside(backend.tensorMap.get(dataId), bufferManager, queue);
    },
    ensureCommandEncoderReady: () => {
      backend.commandEncoder ??= writingEncoder(commands);
    },
    submitQueue: () => {
      backend.dispatchCountInPass = 0;
      backend.uniformPendingDisposal.length = 0;
    },
    getBufferData: () => {
      throw new Error('a step that is recorded must not read back from the device');
    },
  };
  Object.assign(backend, overrides, methods);
  return () => {
    backend.endComputePassEncoder();
    backend.submitQueue();
    backend.commandEncoder = null;
    Object.assign(backend, { queue, bufferManager, commandQueueOwnedIds });
    for (const name of Object.keys(methods)) Reflect.deleteProperty(backend, name);
  };
}

function issue(pass: GPUComputePassEncoder, { pipeline, bindGroup, groups }: DispatchCommand): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(groups[0], groups[1], groups[2]);
}

/**
 * Compiles the pipelines of what `body` would queue, side by side; nothing is executed. `body` returns the tensors it leaves, which are
 * freed.
 */
export async function compileAhead(body: () => Results): Promise<void> {
  const backend = tfjsWebGpu();
  const arena = new BufferArena(backend.device);
  await compileProgramsOf(() => {
    const restore = divert(backend, [], arena);
    try {
      tf.dispose(Object.values(body()));
    } finally {
      restore();
      arena.dispose();
    }
  });
}

export class GpuRecording<T extends Results> implements Recording<T> {
  readonly results: T;
  readonly #backend: TfjsWebGpu;
  readonly #commands: readonly Command[];
  readonly #arena: BufferArena;

  /** See `record`. */
  constructor(body: () => T) {
    const backend = tfjsWebGpu();
    const commands: Command[] = [];
    const arena = new BufferArena(backend.device);
    const restore = divert(backend, commands, arena);
    try {
      this.results = body();
      for (const { dataId } of Object.values<tf.Tensor>(this.results)) {
        bufferOf(backend, dataId);
        backend.tensorMap.get(dataId).external = true;
      }
    } catch (error) {
      restore();
      arena.dispose();
      throw error;
    }
    restore();
    this.#backend = backend;
    this.#commands = commands;
    this.#arena = arena;
  }

  get commands(): number {
    return this.#commands.length;
  }

  get bytes(): number {
    return this.#arena.numBytesAllocated;
  }

  replay(): void {
    const { device } = this.#backend;
    submitPending(this.#backend);
    let encoder = device.createCommandEncoder();
    let pass: GPUComputePassEncoder | null = null;
    let count = 0;
    for (const command of this.#commands) {
      if ('pipeline' in command) {
        pass ??= encoder.beginComputePass();
        issue(pass, command);
      } else {
        pass?.end();
        pass = null;
        const { source, destination, offsets, bytes } = command;
        encoder.copyBufferToBuffer(source, offsets[0], destination, offsets[1], bytes);
      }
      count += 1;
      if (count % DISPATCHES_PER_SUBMIT !== 0) continue;
      pass?.end();
      pass = null;
      device.queue.submit([encoder.finish()]);
      encoder = device.createCommandEncoder();
    }
    pass?.end();
    device.queue.submit([encoder.finish()]);
  }

  async read(name: keyof T): Promise<Float32Array> {
    const { resource } = this.#backend.tensorMap.get(this.results[name].dataId);
    return new Float32Array(await this.#backend.getBufferData(resource as GPUBuffer));
  }

  dispose(): void {
    for (const tensor of Object.values<tf.Tensor>(this.results)) tensor.dispose();
    this.#arena.dispose();
  }
}
