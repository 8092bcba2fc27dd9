import * as tf from '@tensorflow/tfjs';
import { PLACE_COLUMNS } from './params';

/** Pictures of any shapes on the device. */
export interface DevicePictures {
  /**
   * int32, one for each pixel, whose bytes are R, G, B, A in memory order. On WebGPU and WASM the pictures may lie one after the other in a
   * tensor of any shape; the plain ops need [B, H, W], with each picture in the upper left corner of its part.
   */
  readonly pixels: tf.Tensor;
  /** int32 [B, PLACE_COLUMNS]. */
  readonly places: tf.Tensor2D;
  /** The largest height and width among the pictures. */
  readonly height: number;
  readonly width: number;
}

/** Pictures of one shape, packed int32 [B, H, W]. The caller's `tf.tidy` frees the places. */
export function picturesOfOneShape(pixels: tf.Tensor3D): DevicePictures {
  const [count, height, width] = pixels.shape;
  const places = Int32Array.from({ length: count * PLACE_COLUMNS }, (_, i) =>
    i % PLACE_COLUMNS === 0 ? (i / PLACE_COLUMNS) * height * width : width,
  );
  return { pixels, places: tf.tensor2d(places, [count, PLACE_COLUMNS], 'int32'), height, width };
}
