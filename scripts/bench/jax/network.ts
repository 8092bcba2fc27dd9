import { lax, nn, numpy as np } from '@jax-js/jax';
import type { Layer } from '../../../src/domain/backbones/layer';
import type { NetworkLayers } from '../../../src/engine/network/networkLayers';

/**
 * SimSiam's network and loss in jax-js, in the style of its examples: images [N, C, H, W], kernels [out, in, k, k]. As jax-js requires,
 * each function consumes its array arguments; `ref` keeps an array for another use.
 */

export type Parameters = Record<string, np.Array>;

const BN_EPSILON = 1e-5;
const MIN_NORM = 1e-8;

/** Returns parameters by name, each for one use. */
type Take = (name: string) => np.Array;

function conv(x: np.Array, kernel: np.Array, stride: number): np.Array {
  const pad = (kernel.shape[2] - 1) / 2;
  return lax.convGeneralDilated(
    x,
    kernel,
    [stride, stride],
    [
      [pad, pad],
      [pad, pad],
    ],
  );
}

/** BatchNorm with the statistics of the batch over all axes but `axis`. Without `name` there is no affine part. */
function batchNorm(x: np.Array, take: Take, name: string | null): np.Array {
  const axes = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const perChannel = x.shape.map((size, i) => (i === 1 ? size : 1));
  const centred = x.ref.sub(np.mean(x, axes, { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), axes, { keepdims: true });
  const normalised = centred.div(np.sqrt(variance.add(BN_EPSILON)));
  if (name === null) return normalised;
  const gamma = take(`${name}.gamma`).reshape(perChannel);
  const beta = take(`${name}.beta`).reshape(perChannel);
  return normalised.mul(gamma).add(beta);
}

function applyLayer(x: np.Array, take: Take, layer: Layer): np.Array {
  switch (layer.kind) {
    case 'conv':
      return conv(x, take(`${layer.name}.kernel`), layer.stride);
    case 'linear': {
      const product = np.matmul(x, take(`${layer.name}.kernel`));
      return layer.bias ? product.add(take(`${layer.name}.bias`)) : product;
    }
    case 'batchNorm': {
      const y = batchNorm(x, take, layer.affine ? layer.name : null);
      return layer.relu ? nn.relu(y) : y;
    }
    case 'relu':
      return nn.relu(x);
    case 'residual': {
      const main = apply(x.ref, take, layer.body);
      const sum = main.add(apply(x, take, layer.shortcut));
      return layer.relu ? nn.relu(sum) : sum;
    }
    case 'maxPool':
      throw new Error('jax-js is compared on networks without max-pooling only.');
    case 'globalAveragePool':
      return np.mean(x, [2, 3]);
    default:
      return layer satisfies never;
  }
}

function apply(x: np.Array, take: Take, layers: readonly Layer[]): np.Array {
  return layers.reduce((y, layer) => applyLayer(y, take, layer), x);
}

function l2Normalise(x: np.Array): np.Array {
  const squared = np.sum(np.square(x.ref), 1, { keepdims: true });
  return x.div(np.sqrt(np.maximum(squared, MIN_NORM ** 2)));
}

/** Eq. 1 with the stop-gradient of Eq. 3. */
function distance(p: np.Array, z: np.Array): np.Array {
  const cosine = np.sum(l2Normalise(p).mul(l2Normalise(lax.stopGradient(z))), 1);
  return np.negative(np.mean(cosine));
}

/** Eq. 4 on two views [N, C, H, W]; consumes the views and the parameters. */
export function simSiamLoss(parameters: Parameters, x1: np.Array, x2: np.Array, network: NetworkLayers): np.Array {
  const take: Take = (name) => {
    const parameter = parameters[name];
    if (parameter === undefined) throw new Error(`the jax-js network has no parameter ${name}`);
    return parameter.ref;
  };
  const f = (x: np.Array) => apply(x, take, [...network.backbone.layers, ...network.projector]);
  const h = (z: np.Array) => apply(z, take, network.predictor);
  const z1 = f(x1);
  const z2 = f(x2);
  const p1 = h(z1.ref);
  const p2 = h(z2.ref);
  for (const parameter of Object.values(parameters)) parameter.dispose();
  return distance(p1, z2).add(distance(p2, z1)).mul(0.5);
}
