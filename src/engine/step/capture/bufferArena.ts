import type { BufferPool } from '../../kernels/runtime/tfjsWebGpu';

/**
 * The buffers of one recorded step, which stay its own until it is forgotten. A buffer released while recording serves later commands
 * of the same recording, at once: they run in order. One that the host filled (constants, uniforms) is never given to another use,
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

  /** @throws Error when the buffer is from before the recording, which would use it for ever. */
  releaseBuffer(buffer: GPUBuffer): void {
    if (!this.#own.has(buffer)) {
      throw new Error('a step that is recorded must not dispose, or assign to, a tensor from before it');
    }
    this.numBytesUsed -= buffer.size;
    if (this.#constant.has(buffer)) return;
    const key = `${buffer.size} ${buffer.usage}`;
    const free = this.#free.get(key);
    if (free === undefined) this.#free.set(key, [buffer]);
    else free.push(buffer);
  }

  /** Marks a buffer as filled by the host. */
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
