import * as tf from '@tensorflow/tfjs';

export type Images = [number, number, number, number];

/** The attributes that tfjs gives the gradient kernels of `tf.conv2d`. */
export interface ConvAttributes {
  readonly strides: [number, number] | number;
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** A convolution along rows or along columns. */
export interface Axis {
  readonly kernel: number;
  readonly stride: number;
  /** Zeros before the first pixel. */
  readonly padBefore: number;
  /** Pixels of the output. */
  readonly out: number;
}

export function imageGeometry(
  xShape: Images,
  filterShape: Images,
  { strides, pad, dimRoundingMode }: ConvAttributes,
): { readonly rows: Axis; readonly columns: Axis } {
  const info = tf.backend_util.computeConv2DInfo(xShape, filterShape, strides, 1, pad, dimRoundingMode);
  return {
    rows: { kernel: info.filterHeight, stride: info.strideHeight, padBefore: info.padInfo.top, out: info.outHeight },
    columns: { kernel: info.filterWidth, stride: info.strideWidth, padBefore: info.padInfo.left, out: info.outWidth },
  };
}
