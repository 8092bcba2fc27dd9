import type { NetworkLayers } from '../engine/network/networkLayers';

/** Something that runs training steps (or a kernel) and is timed in comparison with others. */
export interface Contender {
  /** Activates its backend, before its turn. */
  enter?(): Promise<void>;
  /** Queues one step. */
  step(): void;
  /** Waits until the device has done all that was queued. */
  finish(): Promise<void>;
  dispose(): void;
}

/** Everything that another implementation needs to compute the same SimSiam step. */
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

/** The same step, computed by another library. */
export interface ForeignNetwork {
  readonly contender: Contender;
  /** Loss and gradient norm for the initial weights. Called before the first step, which it may run. */
  lossAndGradientNorm(): Promise<LossAndGradientNorm>;
}
