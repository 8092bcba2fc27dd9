import type { BufferPool } from '../../kernels/runtime/tfjsWebGpu';

/**
 * The buffers of one recording, which nothing else uses until it is disposed. A buffer released while recording is reused at once by later
 * commands of the recording, which is safe since they run in order. A buffer filled from the CPU (constants, uniforms) is never reused,
 * since a replay does not fill it again.
 */
export class BufferArena implements BufferPool {
  readonly #device: GPUDevice;
  readonly #own = new Set<GPUBuffer>();
  readonly #constant = new Set<GPUBuffer>();
  readonly #free = new Map<string, GPUBuffer[]>();
  numBytesAllocated = 0;
  numBytesUsed = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  acquireBuffer(size: number, usage: number, mappedAtCreation = false): GPUBuffer {
    this.numBytesUsed += size;
    const known =
      mappedAtCreation || usage & GPUBufferUsage.UNIFORM ? undefined : this.#free.get(`${size} ${usage}`)?.pop();
    if (known !== undefined) return known;
    const buffer = this.#device.createBuffer({ size, usage, mappedAtCreation });
    this.#own.add(buffer);
    if (mappedAtCreation) this.#constant.add(buffer);
    this.numBytesAllocated += size;
    return buffer;
  }

  /** @throws Error when the buffer is from before the recording, whose replays would still use it. */
  releaseBuffer(buffer: GPUBuffer): void {
    if (!this.#own.has(buffer)) {
      throw new Error('a recorded step must not dispose, or assign to, a tensor that existed before the recording');
    }
    this.numBytesUsed -= buffer.size;
    if (this.#constant.has(buffer)) return;
    const key = `${buffer.size} ${buffer.usage}`;
    const free = this.#free.get(key);
    if (free === undefined) this.#free.set(key, [buffer]);
    else free.push(buffer);
  }

  /** Marks a buffer as filled from the CPU. */
  filled(buffer: GPUBuffer): void {
    this.#constant.add(buffer);
  }

  dispose(): void {
    for (const buffer of this.#own) buffer.destroy();
    this.#own.clear();
    this.#constant.clear();
    this.#free.clear();
    this.numBytesAllocated = 0;
    this.numBytesUsed = 0;
  }
}
