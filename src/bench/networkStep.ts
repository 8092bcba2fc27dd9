import * as tf from '@tensorflow/tfjs';
import { presetConfig } from '../domain/presets';
import { type LiveSettings, liveSettingsOf } from '../domain/runConfig';
import { preferPlainTwins } from '../engine/kernels/runtime/program';
import type { Method } from '../engine/methods/method';
import { SCALARS, type StepInputs } from '../engine/methods/stepInputs';
import { Sgd } from '../engine/optim/sgd';
import { record } from '../engine/step/capture/record';
import type { Recording } from '../engine/step/capture/recording';
import { computeGradients, trainStep } from '../engine/step/trainStep';
import type { Contender, LossAndGradientNorm } from './contender';
import { queueDone } from './queueDone';

/** Ours recorded and replayed, ours op by op, and tfjs's own kernels op by op. */
export type NetworkStepMode = 'captured' | 'opByOp' | 'stock';

export const LEARNING_RATE = 0.01;
export const MOMENTUM = 0.9;
export const WEIGHT_DECAY = 1e-4;

const LIVE: LiveSettings = liveSettingsOf(presetConfig('small'));

export interface Views {
  readonly shape: [number, number, number, number];
  readonly x1: Float32Array<ArrayBuffer>;
  readonly x2: Float32Array<ArrayBuffer>;
}

/** Forward pass, backward pass and update on the same two views again and again. */
export class NetworkStep implements Contender {
  readonly #method: Method;
  readonly #mode: NetworkStepMode;
  readonly #backend: string;
  readonly #optimiser = new Sgd({ momentum: MOMENTUM, weightDecay: WEIGHT_DECAY });
  readonly #inputs: StepInputs;
  #recording: Recording<{ metrics: tf.Tensor }> | null = null;

  /** Takes ownership of the method, which must have been created on this backend, the active one. */
  constructor(method: Method, views: Views, mode: NetworkStepMode, backend = 'webgpu') {
    this.#method = method;
    this.#mode = mode;
    this.#backend = backend;
    this.#inputs = {
      step: 0,
      x1: tf.tensor4d(views.x1, views.shape),
      x2: tf.tensor4d(views.x2, views.shape),
      moreViews: [],
      smallViews: [],
      images: tf.range(0, views.shape[0], 1, 'int32') as tf.Tensor1D,
      scalars: tf.fill([SCALARS], LEARNING_RATE) as tf.Tensor1D,
      targets: null,
    };
    this.#optimiser.prepare(method.trained(LIVE, 0));
  }

  /** Loss and gradient norm of the current weights; moves BN's statistics, as a step would. */
  async lossAndGradientNorm(): Promise<LossAndGradientNorm> {
    await this.enter();
    const both = tf.tidy(() => {
      const { output, gradients } = computeGradients(this.#method, this.#inputs, LIVE);
      const squares = [...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)));
      const result = tf.stack([output.loss, tf.sqrt(squares.reduce((a, b) => tf.add(a, b)))]);
      for (const tensor of Object.values(output)) tensor.dispose();
      return result;
    });
    const [loss, gradientNorm] = await both.data();
    both.dispose();
    return { loss, gradientNorm };
  }

  async enter(): Promise<void> {
    await tf.setBackend(this.#backend);
    preferPlainTwins(this.#mode === 'stock');
  }

  step(): void {
    if (this.#mode !== 'captured') {
      this.#work().dispose();
      return;
    }
    this.#recording ??= record(() => ({ metrics: this.#work() }));
    this.#recording.replay();
  }

  async finish(): Promise<void> {
    // Other backends have computed everything by now.
    if (this.#backend === 'webgpu') await queueDone();
  }

  get dispatches(): number | null {
    return this.#recording?.commands ?? null;
  }

  /** Bytes of the recording, which tfjs does not count. */
  get recordedBytes(): number {
    return this.#recording?.bytes ?? 0;
  }

  #work(): tf.Tensor {
    return trainStep(this.#method, this.#optimiser, this.#inputs, LIVE);
  }

  dispose(): void {
    preferPlainTwins(false);
    this.#recording?.dispose();
    this.#optimiser.dispose();
    this.#method.dispose();
    tf.dispose([this.#inputs.x1, this.#inputs.x2, this.#inputs.images, this.#inputs.scalars]);
  }
}
