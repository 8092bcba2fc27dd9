import type { ValuesOf } from '../settings/tree';
import type { Layer } from './layer';
import { type Block, batchNorm } from './residualBlocks';
import type { residualOptions, Stem } from './residualOptions';

/** Stage i has `blocks[i]` blocks with 3x3 convolutions of width `widths[i]`, the first with stride `strides[i]`. */
export interface Stages {
  readonly widths: readonly number[];
  readonly blocks: readonly number[];
  readonly strides: readonly number[];
}

/** A ResNet: the stem, the stages of blocks, and the mean over the pixels. */
export function residualNetwork(
  { widths, blocks, strides }: Stages,
  block: Block,
  options: ValuesOf<typeof residualOptions> & { readonly stem: Stem },
): Layer[] {
  const { zeroInitResidual: zeroInit, convolutionInit: init } = options;
  const layers = stemLayers(widths[0], options);
  let input = widths[0];
  widths.forEach((width, stage) => {
    const out = block.expansion * width;
    for (let i = 0; i < blocks[stage]; i++) {
      const stride = i === 0 ? strides[stage] : 1;
      layers.push(block.layer(`encoder.stage${stage + 1}.block${i}`, { in: input, out, stride }, { init, zeroInit }));
      input = out;
    }
  });
  return [...layers, { kind: 'globalAveragePool' }];
}

/** For small images a 3x3 convolution without pooling (App. D); for larger ones the stem of the ResNet paper, as in torchvision. */
function stemLayers(
  out: number,
  { stem, stemStride, convolutionInit: init }: ValuesOf<typeof residualOptions> & { readonly stem: Stem },
): Layer[] {
  const conv = { kind: 'conv', name: 'encoder.stem.conv', in: 3, out, init } as const;
  const bn = batchNorm('encoder.stem.bn', out, { relu: true });
  if (stem === 'cifar') return [{ ...conv, kernel: 3, stride: stemStride }, bn];
  return [{ ...conv, kernel: 7, stride: 2 }, bn, { kind: 'maxPool' }];
}
