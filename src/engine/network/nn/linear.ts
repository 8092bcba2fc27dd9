import * as tf from '@tensorflow/tfjs';
import type { LinearLayer } from '../../../domain/backbones/layer';
import { trainingLinear } from '../../kernels/linear';
import type { Random } from '../../random';
import { uniformFanIn } from './init';
import type { Parameters } from './parameters';

/** x [N, in] -> x W (+ b) [N, out], with `name.kernel` [in, out] and, if the layer has a bias, `name.bias` [out]. */
export function linearLayer(parameters: Parameters, layer: LinearLayer, random: Random) {
  const { name, in: fanIn, out } = layer;
  const kernel = parameters.addTrainable<tf.Rank.R2>(
    `${name}.kernel`,
    [fanIn, out],
    uniformFanIn(fanIn * out, fanIn, random),
  );
  const bias = layer.bias
    ? parameters.addTrainable<tf.Rank.R1>(`${name}.bias`, [out], uniformFanIn(out, fanIn, random))
    : null;
  return (x: tf.Tensor2D): tf.Tensor2D => {
    const y = trainingLinear(x, kernel as tf.Tensor2D);
    return bias === null ? y : tf.add<tf.Tensor2D>(y, bias);
  };
}
