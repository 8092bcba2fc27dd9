import { setting } from '../settings/setting';
import type { ValuesOf } from '../settings/tree';
import { z } from '../zod';
import { type BatchNormLayer, CONVOLUTION_INITS, type ConvLayer, type Layer, type ResidualLayer } from './layer';

/** Options of a ResNet of basic blocks. */
export const basicBlockOptions = {
  stemStride: setting('network', z.literal([1, 2]), {
    label: 'Stem stride',
    help: 'Stride of the first convolution. 2 makes all later layers four times cheaper and loses fine detail.',
    labels: { 1: '1: full resolution', 2: '2: a quarter of the cost' },
    source: 'App. D',
    value: 2,
    inPreset: { resnet18: 1, paper: 1 },
  }),
  zeroInitResidual: setting('network', z.boolean(), {
    label: 'Zero-init last BN',
    help: 'The scale of the last batch normalisation in each residual block starts at 0, so that the block starts as the identity.',
    source: 'App. A',
    value: true,
  }),
  convolutionInit: setting('network', z.enum(CONVOLUTION_INITS), {
    label: 'Initial convolution weights',
    help: 'How the first weights of the convolutions are drawn: PyTorch’s default, uniform within ±1/√(k²·in), or torchvision’s for ResNets, normal with variance 2/(k²·out), which the official code uses.',
    labels: { uniformFanIn: 'PyTorch’s default', normalFanOut: 'torchvision’s for ResNets' },
    source: 'App. A',
    value: 'uniformFanIn',
    inPreset: { paper: 'normalFanOut' },
    formerly: 'uniformFanIn',
  }),
};

/** Stage i has `blocks[i]` blocks of width `widths[i]`, the first with stride `strides[i]`. */
export interface Stages {
  readonly widths: readonly number[];
  readonly blocks: readonly number[];
  readonly strides: readonly number[];
}

type ConvShape = Pick<ConvLayer, 'in' | 'out' | 'kernel' | 'stride'>;
type ConvOf = (name: string, shape: ConvShape) => ConvLayer;

const batchNorm = (
  name: string,
  channels: number,
  tail: { relu?: boolean; zeroInit?: boolean } = {},
): BatchNormLayer => ({
  kind: 'batchNorm',
  name,
  channels,
  affine: true,
  zeroInit: tail.zeroInit ?? false,
  relu: tail.relu ?? false,
});

/** `relu(BN2(conv2(relu(BN1(conv1(x))))) + s(x))`; s is the identity, or a strided 1x1 convolution with BN where shapes differ. */
function basicBlock(
  name: string,
  { in: input, out, stride }: { readonly in: number; readonly out: number; readonly stride: number },
  conv: ConvOf,
  zeroInitResidual: boolean,
): ResidualLayer {
  const sameShape = stride === 1 && input === out;
  return {
    kind: 'residual',
    body: [
      conv(`${name}.conv1`, { in: input, out, kernel: 3, stride }),
      batchNorm(`${name}.bn1`, out, { relu: true }),
      conv(`${name}.conv2`, { in: out, out, kernel: 3, stride: 1 }),
      batchNorm(`${name}.bn2`, out, { zeroInit: zeroInitResidual }),
    ],
    shortcut: sameShape
      ? []
      : [conv(`${name}.shortcut.conv`, { in: input, out, kernel: 1, stride }), batchNorm(`${name}.shortcut.bn`, out)],
    relu: true,
  };
}

/** A ResNet of basic blocks for small images (App. D): a 3x3 stem without pooling, the stages, and the mean over the pixels. */
export function basicBlocks(
  { widths, blocks, strides }: Stages,
  { stemStride, zeroInitResidual, convolutionInit: init }: ValuesOf<typeof basicBlockOptions>,
): Layer[] {
  const conv: ConvOf = (name, shape) => ({ kind: 'conv', name, ...shape, init });
  const layers: Layer[] = [
    conv('encoder.stem.conv', { in: 3, out: widths[0], kernel: 3, stride: stemStride }),
    batchNorm('encoder.stem.bn', widths[0], { relu: true }),
  ];
  let input = widths[0];
  widths.forEach((out, stage) => {
    for (let block = 0; block < blocks[stage]; block++) {
      const stride = block === 0 ? strides[stage] : 1;
      const name = `encoder.stage${stage + 1}.block${block}`;
      layers.push(basicBlock(name, { in: input, out, stride }, conv, zeroInitResidual));
      input = out;
    }
  });
  return [...layers, { kind: 'globalAveragePool' }];
}
