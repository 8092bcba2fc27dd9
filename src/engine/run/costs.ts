import * as tf from '@tensorflow/tfjs';
import type { Resources } from '../../domain/measurement';
import type { PictureMemory } from '../../domain/pictureMemory';
import type { Emit } from '../../domain/signal';
import { RunClock } from './runClock';

const RESOURCES_EVERY_MS = 1000;

/** What a run costs: images per second, memory, and the share of its time spent measuring. */
export class Costs {
  readonly #clock = new RunClock();
  readonly #batchSize: number;
  readonly #recordedBytes: () => number;
  readonly #pictures: () => PictureMemory | null;
  readonly #emit: Emit;
  #lastResources = Number.NEGATIVE_INFINITY;

  /**
   * @param recordedBytes bytes of device memory beyond what tfjs counts
   * @param pictures the memory of decoded pictures, where not all are held in memory
   */
  constructor(batchSize: number, recordedBytes: () => number, pictures: () => PictureMemory | null, emit: Emit) {
    this.#batchSize = batchSize;
    this.#recordedBytes = recordedBytes;
    this.#pictures = pictures;
    this.#emit = emit;
  }

  /** Restarts the measurement at the first step, so that the one-time costs before it do not count. */
  start(): void {
    this.#clock.start();
  }

  /** Runs `measure` and counts its time as measuring. */
  async measuring(measure: () => Promise<void>): Promise<void> {
    const started = tf.util.now();
    await measure();
    this.#clock.measured(tf.util.now() - started);
  }

  /** Counts step number `step`, which began at the time `started` of `tf.util.now`. */
  stepped(step: number, started: number): void {
    const now = tf.util.now();
    const stepsPerSecond = this.#clock.stepped(now - started);
    if (stepsPerSecond !== null) {
      const imagesPerSecond = stepsPerSecond * this.#batchSize;
      this.#emit({ kind: 'measurements', value: [{ step, imagesPerSecond }] });
    }
    if (now - this.#lastResources < RESOURCES_EVERY_MS) return;
    this.#lastResources = now;
    this.#emit({ kind: 'resources', value: this.resources(step) });
  }

  /** The memory that the run uses now, and its share of time spent measuring. */
  resources(step: number): Resources {
    const memory = tf.memory() as tf.MemoryInfo & { numBytesInGPUAllocated?: number; numBytesAllocatedInGPU?: number };
    const allocated = memory.numBytesAllocatedInGPU ?? memory.numBytesInGPUAllocated ?? memory.numBytes;
    return {
      step,
      gpuBytes: allocated + this.#recordedBytes(),
      tensors: memory.numTensors,
      measuringShare: this.#clock.measuringShare,
      pictures: this.#pictures(),
    };
  }
}
