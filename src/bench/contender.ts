import type { NetworkLayers } from '../engine/network/networkLayers';

/** Something that makes training steps (or runs a kernel), to be timed beside others. */
export interface Contender {
  /** Makes it the one that computes, before its turn. */
  enter?(): Promise<void>;
  /** Queues one step. */
  step(): void;
  /** Waits until the device has done all that was queued. */
  finish(): Promise<void>;
  dispose(): void;
}

/** All that another implementation needs in order to make the same SimSiam step. */
export interface NetworkState {
  readonly network: NetworkLayers;
  readonly parameters: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly values: Float32Array<ArrayBuffer>;
  }[];
  /** Views [N, H, W, 3]. */
  readonly viewShape: readonly number[];
  readonly x1: Float32Array<ArrayBuffer>;
  readonly x2: Float32Array<ArrayBuffer>;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

export interface LossAndGradientNorm {
  readonly loss: number;
  /** Over all parameters together. */
  readonly gradientNorm: number;
}

/** The step made by another library, which the engine does not know. */
export interface ForeignNetwork {
  readonly contender: Contender;
  /** Of the weights as they were given; called before the first step, and may make it. */
  lossAndGradientNorm(): Promise<LossAndGradientNorm>;
}
