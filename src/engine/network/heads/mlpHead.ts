import * as tf from '@tensorflow/tfjs';
import type { Random } from '../../random';
import { batchNormLayer } from '../nn/batchNorm';
import type { Layer } from '../nn/layer';
import { linearLayer } from '../nn/linear';
import type { Parameters } from '../nn/parameters';

/** How an MLP's layer ends. A linear layer has a bias exactly where no BN follows to cancel it. */
export interface HeadLayer {
  readonly out: number;
  readonly batchNorm: 'none' | 'affine' | 'plain';
  readonly relu: boolean;
}

/** An MLP of linear layers `name.fc1..n` with BN `name.bn1..n` where asked for. x [N, in] -> [N, out of the last]. */
export function mlpHead(
  parameters: Parameters,
  name: string,
  input: number,
  layers: readonly HeadLayer[],
  random: Random,
): Layer<tf.Tensor2D> {
  let width = input;
  const bound = layers.map(({ out, batchNorm, relu }, i): Layer<tf.Tensor2D> => {
    const fc = linearLayer(parameters, `${name}.fc${i + 1}`, { in: width, out, bias: batchNorm === 'none' }, random);
    width = out;
    if (batchNorm === 'none') return (x) => (relu ? tf.relu(fc(x)) : fc(x));
    const bn = batchNormLayer(parameters, `${name}.bn${i + 1}`, out, { affine: batchNorm === 'affine' });
    return (x, mode) => bn(fc(x), mode, { relu });
  });
  return (x, mode) => bound.reduce((y, layer) => layer(y, mode), x);
}
