import type { BatchNormLayer, ConvLayer, ResidualLayer } from './layer';

/** Input and output channels and stride of a residual block. */
export interface BlockShape {
  readonly in: number;
  readonly out: number;
  readonly stride: number;
}

/** How the layers of a block begin. */
export interface BlockStart {
  readonly init: ConvLayer['init'];
  /** Whether the scale of the last BN begins at 0. */
  readonly zeroInit: boolean;
}

/** A kind of residual block: `relu(body(x) + s(x))`; s is the identity, or a strided 1x1 convolution with BN where shapes differ. */
export interface Block {
  /** Output channels for each channel of the 3x3 convolutions. */
  readonly expansion: number;
  layer(name: string, shape: BlockShape, start: BlockStart): ResidualLayer;
}

/** A batch normalisation with scale and shift. */
export function batchNorm(
  name: string,
  channels: number,
  tail: { readonly relu?: boolean; readonly zeroInit?: boolean } = {},
): BatchNormLayer {
  return {
    kind: 'batchNorm',
    name,
    channels,
    affine: true,
    zeroInit: tail.zeroInit ?? false,
    relu: tail.relu ?? false,
  };
}

/** `BN2(conv2(relu(BN1(conv1(x)))))` with two 3x3 convolutions, the first with the stride: the block of ResNet-18 and 34. */
export const basicBlock: Block = {
  expansion: 1,
  layer: (name, shape, { init, zeroInit }) => {
    const { in: input, out, stride } = shape;
    return {
      kind: 'residual',
      body: [
        { kind: 'conv', name: `${name}.conv1`, in: input, out, kernel: 3, stride, init },
        batchNorm(`${name}.bn1`, out, { relu: true }),
        { kind: 'conv', name: `${name}.conv2`, in: out, out, kernel: 3, stride: 1, init },
        batchNorm(`${name}.bn2`, out, { zeroInit }),
      ],
      shortcut: shortcut(name, shape, init),
      relu: true,
    };
  },
};

const EXPANSION = 4;

/**
 * A 1x1 convolution to a quarter of the output channels, a 3x3 convolution with the stride (as torchvision has it, “v1.5”), and a 1x1
 * convolution, each with BN: the block of ResNet-50.
 */
export const bottleneck: Block = {
  expansion: EXPANSION,
  layer: (name, shape, { init, zeroInit }) => {
    const { in: input, out, stride } = shape;
    const width = out / EXPANSION;
    return {
      kind: 'residual',
      body: [
        { kind: 'conv', name: `${name}.conv1`, in: input, out: width, kernel: 1, stride: 1, init },
        batchNorm(`${name}.bn1`, width, { relu: true }),
        { kind: 'conv', name: `${name}.conv2`, in: width, out: width, kernel: 3, stride, init },
        batchNorm(`${name}.bn2`, width, { relu: true }),
        { kind: 'conv', name: `${name}.conv3`, in: width, out, kernel: 1, stride: 1, init },
        batchNorm(`${name}.bn3`, out, { zeroInit }),
      ],
      shortcut: shortcut(name, shape, init),
      relu: true,
    };
  },
};

function shortcut(name: string, { in: input, out, stride }: BlockShape, init: ConvLayer['init']) {
  if (stride === 1 && input === out) return [];
  return [
    { kind: 'conv', name: `${name}.shortcut.conv`, in: input, out, kernel: 1, stride, init },
    batchNorm(`${name}.shortcut.bn`, out),
  ] as const;
}
