import type * as tf from '@tensorflow/tfjs';
import { defineOp } from '../runtime/op';
import { conv2dFilterGradient } from './filterGradient';
import { conv2dForward } from './forward';
import type { Shape4D } from './geometry';
import { conv2dInputGradient } from './inputGradient';

interface Attributes {
  readonly stride: number;
  readonly pad: number;
}

const run = defineOp<'x' | 'kernel', Attributes>({
  name: 'TrainingConv2d',
  forward: ({ x, kernel }, { stride, pad }) => [conv2dForward(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, pad)],
  gradient: ([dy], { inputs: { x, kernel } }, { stride, pad }) => ({
    x: () => conv2dInputGradient(dy as tf.Tensor4D, kernel as tf.Tensor4D, x?.shape as Shape4D, stride, pad),
    kernel: () => conv2dFilterGradient(x as tf.Tensor4D, dy as tf.Tensor4D, kernel?.shape as Shape4D, stride, pad),
  }),
});

/**
 * Differentiable convolution: x [N, H, W, Cin] with kernel [kh, kw, Cin, Cout], `pad` zeros on all four sides at every stride, output size
 * floor((in + 2 pad - k) / stride) + 1.
 * @throws Error when channels disagree or the kernel does not fit.
 */
export function trainingConv2d(x: tf.Tensor4D, kernel: tf.Tensor4D, stride: number, pad: number): tf.Tensor4D {
  return run({ x, kernel }, { stride, pad })[0] as tf.Tensor4D;
}
