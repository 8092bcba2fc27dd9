import * as tf from '@tensorflow/tfjs';
import { trainingConv2d } from '../kernels/conv2d/conv2d';
import { batchNormTrain } from '../network/nn/batchNorm';
import { multiplyAdds } from './multiplyAdds';

/** Measures how fast an engine is, in GFLOP/s (a multiply-add counts as two). `auto` compares a software adapter with WASM by these rates. */

async function timed(run: () => tf.Tensor): Promise<number> {
  const started = tf.util.now();
  const result = run();
  await result.data();
  const milliseconds = tf.util.now() - started;
  result.dispose();
  // Clocks are as coarse as a tenth of a millisecond where the page is not cross-origin isolated.
  return Math.max(milliseconds, 0.1);
}

const THREADS = 8192;
const ENOUGH_MS = 10;

/** The peak rate of the active WebGPU device in GFLOP/s, measured with a few milliseconds of work. Only where `isWebGpu()`. */
export async function multiplyAddRate(): Promise<number> {
  const { run, flop } = multiplyAdds({ chains: 4, form: 'product' }, THREADS);
  await timed(() => run(1));
  let best = 0;
  // A fast device needs more work than a slow one to show its speed.
  for (const rounds of [1000, 8000, 64_000]) {
    const milliseconds = await timed(() => run(rounds));
    best = Math.max(best, flop(rounds) / milliseconds / 1e6);
    if (milliseconds > ENOUGH_MS) break;
  }
  return best;
}

const SIZE = 16;
const CHANNELS = 32;

/** Convolution, BatchNorm and ReLU, forward and backward, as in the middle of a small network. */
function trainingBlock(batch: number): tf.Tensor {
  return tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R4>([batch, SIZE, SIZE, CHANNELS]);
    const kernel = tf.randomNormal<tf.Rank.R4>([3, 3, CHANNELS, CHANNELS]);
    const affine = { gamma: tf.ones<tf.Rank.R1>([CHANNELS]), beta: tf.zeros<tf.Rank.R1>([CHANNELS]) };
    const gradients = tf.grads((image, weights) =>
      tf.sum(
        batchNormTrain(
          trainingConv2d(image as tf.Tensor4D, weights as tf.Tensor4D, 1, 1),
          affine,
          { relu: true },
          null,
        ),
      ),
    )([x, kernel]);
    return tf.stack(gradients.map((gradient) => tf.sum(gradient)));
  });
}

/**
 * The rate of a training step's convolutions on the active engine, in GFLOP/s. Measuring takes a tenth of a second at most on a usable
 * engine.
 */
export async function trainingRate(): Promise<number> {
  let rate = 0;
  for (const batch of [1, 32]) {
    await timed(() => trainingBlock(batch));
    const milliseconds = await timed(() => trainingBlock(batch));
    rate = (3 * 2 * batch * SIZE * SIZE * 9 * CHANNELS * CHANNELS) / milliseconds / 1e6;
    if (milliseconds > 2 * ENOUGH_MS) break;
  }
  return rate;
}

/** Repetitions after which browsers have compiled the WebAssembly of the block with optimisation. */
const WARM_UPS = 12;

/** Runs the code that `trainingRate` measures until the browser has optimised it. */
export async function warmUp(): Promise<void> {
  for (let i = 0; i < WARM_UPS; i++) await timed(() => trainingBlock(32));
}
