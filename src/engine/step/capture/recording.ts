import type * as tf from '@tensorflow/tfjs';

/** Tensors by name. */
export type Results = Readonly<Record<string, tf.Tensor>>;

/** The device work of a function, recorded once and done again as often as wanted, without the JavaScript that made it. */
export interface Recording<T extends Results> {
  /** Tensors that hold the results of the last replay; undefined values before the first. They go with the recording. */
  readonly results: T;
  /** How many commands it consists of. */
  readonly commands: number;
  /** Bytes of device memory that the recording holds. */
  readonly bytes: number;
  /** Does everything again, after all that was queued before. */
  replay(): void;
  /** Values of a result after the replays so far; later ones do not disturb it. */
  read(name: keyof T): Promise<Float32Array>;
  dispose(): void;
}
