import * as tf from '@tensorflow/tfjs';
import type { Layer, ResidualLayer } from '../../domain/backbones/layer';
import { globalAveragePool } from '../kernels/averagePool';
import type { Random } from '../random';
import { batchNormLayer } from './nn/batchNorm';
import { conv2dLayer } from './nn/conv2d';
import type { Forward } from './nn/forward';
import { linearLayer } from './nn/linear';
import type { Parameters } from './nn/parameters';

/**
 * Creates the parameters of these layers, drawn in order, a residual's body before its shortcut; the same `random` gives the same weights.
 * Returns the forward pass, from the input of the first layer to the output of the last.
 */
export function buildLayers<In extends tf.Tensor, Out extends tf.Tensor>(
  parameters: Parameters,
  layers: readonly Layer[],
  random: Random,
): Forward<In, Out> {
  const built = layers.map((layer) => buildLayer(parameters, layer, random));
  return (x, mode) => built.reduce<tf.Tensor>((y, forward) => forward(y, mode), x) as Out;
}

function buildLayer(parameters: Parameters, layer: Layer, random: Random): Forward {
  switch (layer.kind) {
    case 'conv': {
      const conv = conv2dLayer(parameters, layer, random);
      return (x) => conv(x as tf.Tensor4D);
    }
    case 'batchNorm': {
      const { relu } = layer;
      const bn = batchNormLayer(parameters, layer);
      return (x, mode) => bn(x, mode, { relu });
    }
    case 'linear': {
      const linear = linearLayer(parameters, layer, random);
      return (x) => linear(x as tf.Tensor2D);
    }
    case 'relu':
      return (x) => tf.relu(x);
    case 'residual':
      return buildResidual(parameters, layer, random);
    case 'globalAveragePool':
      return (x) => globalAveragePool(x as tf.Tensor4D);
    default:
      return layer satisfies never;
  }
}

/** If a BN ends the body, its kernel also adds the shortcut and applies the ReLU. */
function buildResidual(parameters: Parameters, { body, shortcut, relu }: ResidualLayer, random: Random): Forward {
  const last = body[body.length - 1];
  const bn = last?.kind === 'batchNorm' && !last.relu ? last : null;
  const inner = buildLayers(parameters, bn === null ? body : body.slice(0, -1), random);
  const normalise = bn === null ? null : batchNormLayer(parameters, bn);
  const beside = buildLayers(parameters, shortcut, random);
  return (x, mode) => {
    const y = inner(x, mode);
    const residual = beside(x, mode);
    if (normalise !== null) return normalise(y, mode, { residual, relu });
    const sum = tf.add(y, residual);
    return relu ? tf.relu(sum) : sum;
  };
}
