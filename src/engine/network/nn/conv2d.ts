import type * as tf from '@tensorflow/tfjs';
import type { ConvLayer } from '../../../domain/backbones/layer';
import { trainingConv2d } from '../../kernels/conv2d/conv2d';
import type { Random } from '../../random';
import { normalFanOut, uniformFanIn } from './init';
import type { Parameters } from './parameters';

/**
 * 2-D convolution without bias. x [N, H, W, in], kernel [k, k, in, out]; pads (k - 1)/2 zeros on all four sides at every stride, as
 * PyTorch does (TensorFlow's `same` pads differently at stride 2).
 */
export function conv2d(x: tf.Tensor4D, kernel: tf.Tensor4D, stride: number): tf.Tensor4D {
  return trainingConv2d(x, kernel, stride, (kernel.shape[0] - 1) / 2);
}

/** A convolution with its kernel `name.kernel`. */
export function conv2dLayer(parameters: Parameters, layer: ConvLayer, random: Random) {
  const { name, in: input, out, kernel: k, stride, init } = layer;
  const count = k * k * input * out;
  const values =
    init === 'uniformFanIn' ? uniformFanIn(count, k * k * input, random) : normalFanOut(count, k * k * out, random);
  const kernel = parameters.addTrainable<tf.Rank.R4>(`${name}.kernel`, [k, k, input, out], values);
  return (x: tf.Tensor4D): tf.Tensor4D => conv2d(x, kernel, stride);
}
