import type * as tf from '@tensorflow/tfjs';

/** Reads a tensor back from the device and disposes it, also where the device is lost meanwhile. */
export async function readOnce(tensor: tf.Tensor): Promise<Float32Array> {
  try {
    return await tensor.data<'float32'>();
  } finally {
    tensor.dispose();
  }
}
