/** How a convolution's first weights are drawn; `engine/network/nn/init.ts` has the formulas. */
export const CONVOLUTION_INITS = ['uniformFanIn', 'normalFanOut'] as const;
export type ConvolutionInit = (typeof CONVOLUTION_INITS)[number];

/**
 * Square convolution without bias, padded by (kernel - 1)/2 zeros on all sides. Images [N, H, W, in] -> [N, ceil(H/stride), ceil(W/stride),
 * out].
 */
export interface ConvLayer {
  readonly kind: 'conv';
  readonly name: string;
  readonly in: number;
  readonly out: number;
  /** Side in pixels. */
  readonly kernel: 1 | 3 | 7;
  readonly stride: number;
  readonly init: ConvolutionInit;
}

/** Batch normalisation over all axes but the last. */
export interface BatchNormLayer {
  readonly kind: 'batchNorm';
  readonly name: string;
  readonly channels: number;
  /** Whether it has a trained scale and shift. */
  readonly affine: boolean;
  /** Whether the scale begins at 0 rather than 1. */
  readonly zeroInit: boolean;
  /** Whether a ReLU follows. */
  readonly relu: boolean;
}

/** Rows [N, in] -> [N, out]. */
export interface LinearLayer {
  readonly kind: 'linear';
  readonly name: string;
  readonly in: number;
  readonly out: number;
  readonly bias: boolean;
}

export interface ReluLayer {
  readonly kind: 'relu';
}

/** `body(x) + shortcut(x)`, with a ReLU behind it or without. An empty shortcut is the identity. */
export interface ResidualLayer {
  readonly kind: 'residual';
  readonly body: readonly Layer[];
  readonly shortcut: readonly Layer[];
  readonly relu: boolean;
}

/** Maximum over 3x3 pixels at stride 2, padded by 1: [N, H, W, C] -> [N, ceil(H/2), ceil(W/2), C]. */
export interface MaxPoolLayer {
  readonly kind: 'maxPool';
}

/** Mean over the pixels: [N, H, W, C] -> [N, C]. */
export interface GlobalAveragePoolLayer {
  readonly kind: 'globalAveragePool';
}

/**
 * One layer of a network as data. A network is a list of them; building it, its cost and the names of its parameters follow from the list.
 * `name` is the whole path of a layer with parameters (`encoder.stage1.block0.conv1`), which the parameters' names begin with.
 */
export type Layer =
  | ConvLayer
  | BatchNormLayer
  | LinearLayer
  | ReluLayer
  | ResidualLayer
  | MaxPoolLayer
  | GlobalAveragePoolLayer;
