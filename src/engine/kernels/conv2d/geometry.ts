/** Sizes of one convolution. Layouts are tfjs's: images [N, H, W, C], kernels [kh, kw, Cin, Cout]. */
export interface ConvGeometry {
  readonly batch: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly stride: number;
  /** Zeros added on all four sides, as in PyTorch (TensorFlow's `same` pads differently at stride 2). */
  readonly pad: number;
}

export type Shape4D = readonly [number, number, number, number];

/**
 * Sizes from the shapes of x and kernel; the output size is floor((in + 2 pad - kernel) / stride) + 1.
 * @throws Error when channels disagree or the kernel does not fit in the padded image.
 */
export function convGeometry(xShape: Shape4D, kernelShape: Shape4D, stride: number, pad: number): ConvGeometry {
  const [batch, inHeight, inWidth, inChannels] = xShape;
  const [kernelHeight, kernelWidth, kernelChannels, outChannels] = kernelShape;
  if (kernelChannels !== inChannels) {
    throw new Error(`conv2d: x has ${inChannels} channels, but the kernel is made for ${kernelChannels}`);
  }
  const outHeight = Math.floor((inHeight + 2 * pad - kernelHeight) / stride) + 1;
  const outWidth = Math.floor((inWidth + 2 * pad - kernelWidth) / stride) + 1;
  if (outHeight < 1 || outWidth < 1) {
    throw new Error(
      `conv2d: a ${kernelHeight} x ${kernelWidth} kernel does not fit in ${inHeight} x ${inWidth} pixels padded by ${pad}`,
    );
  }
  return {
    batch,
    inHeight,
    inWidth,
    inChannels,
    kernelHeight,
    kernelWidth,
    outHeight,
    outWidth,
    outChannels,
    stride,
    pad,
  };
}

export function xShapeOf(g: ConvGeometry): [number, number, number, number] {
  return [g.batch, g.inHeight, g.inWidth, g.inChannels];
}

export function kernelShapeOf(g: ConvGeometry): [number, number, number, number] {
  return [g.kernelHeight, g.kernelWidth, g.inChannels, g.outChannels];
}

export function yShapeOf(g: ConvGeometry): [number, number, number, number] {
  return [g.batch, g.outHeight, g.outWidth, g.outChannels];
}

/** Whether all pixels of all images are treated alike: a 1 x 1 kernel at stride 1 without padding. */
export function isFlat(g: ConvGeometry): boolean {
  return g.kernelHeight === 1 && g.kernelWidth === 1 && g.stride === 1 && g.pad === 0;
}
