import type * as tf from '@tensorflow/tfjs';
import { globalAveragePool } from '../../kernels/averagePool';
import type { Random } from '../../random';
import { batchNormLayer } from '../nn/batchNorm';
import { conv2dLayer } from '../nn/conv2d';
import type { Layer } from '../nn/layer';
import type { Parameters } from '../nn/parameters';

/** A ResNet of basic blocks: stage i has `blocks[i]` of width `widths[i]`, the first with stride `strides[i]`. */
export interface ResNetShape {
  readonly widths: readonly number[];
  readonly blocks: readonly number[];
  readonly strides: readonly number[];
  readonly stemStride: number;
  /** Starts each block's last BN scale at zero, so that every block begins as its shortcut. */
  readonly zeroInitResidual: boolean;
}

type FeatureLayer = Layer<tf.Tensor4D>;

/** `relu(BN2(conv2(relu(BN1(conv1(x))))) + s(x))`; s is the identity, or a strided 1x1 convolution with BN where shapes differ. */
function basicBlock(
  parameters: Parameters,
  name: string,
  shape: { in: number; out: number; stride: number; zeroInitResidual: boolean },
  random: Random,
): FeatureLayer {
  const { in: input, out, stride, zeroInitResidual } = shape;
  const conv1 = conv2dLayer(parameters, `${name}.conv1`, { in: input, out, kernel: 3, stride }, random);
  const bn1 = batchNormLayer(parameters, `${name}.bn1`, out);
  const conv2 = conv2dLayer(parameters, `${name}.conv2`, { in: out, out, kernel: 3, stride: 1 }, random);
  const bn2 = batchNormLayer(parameters, `${name}.bn2`, out, { zeroInit: zeroInitResidual });
  let shortcut: FeatureLayer = (x) => x;
  if (stride !== 1 || input !== out) {
    const conv = conv2dLayer(parameters, `${name}.shortcut.conv`, { in: input, out, kernel: 1, stride }, random);
    const bn = batchNormLayer(parameters, `${name}.shortcut.bn`, out);
    shortcut = (x, mode) => bn(conv(x), mode);
  }
  return (x, mode) => {
    const hidden = bn1(conv1(x), mode, { relu: true });
    return bn2(conv2(hidden), mode, { residual: shortcut(x, mode), relu: true });
  };
}

/** Images [N, H, W, 3], normalised -> features after global average pooling [N, widths.at(-1)]. Names start with `encoder.`. */
export function resNet(parameters: Parameters, shape: ResNetShape, random: Random): Layer<tf.Tensor4D, tf.Tensor2D> {
  const stemConv = conv2dLayer(
    parameters,
    'encoder.stem.conv',
    { in: 3, out: shape.widths[0], kernel: 3, stride: shape.stemStride },
    random,
  );
  const stemBn = batchNormLayer(parameters, 'encoder.stem.bn', shape.widths[0]);
  const blocks: FeatureLayer[] = [];
  let input = shape.widths[0];
  shape.widths.forEach((out, stage) => {
    for (let block = 0; block < shape.blocks[stage]; block++) {
      const name = `encoder.stage${stage + 1}.block${block}`;
      const stride = block === 0 ? shape.strides[stage] : 1;
      blocks.push(
        basicBlock(parameters, name, { in: input, out, stride, zeroInitResidual: shape.zeroInitResidual }, random),
      );
      input = out;
    }
  });
  return (images, mode) => {
    const stem = stemBn(stemConv(images), mode, { relu: true });
    const features = blocks.reduce((x, block) => block(x, mode), stem);
    return globalAveragePool(features);
  };
}
