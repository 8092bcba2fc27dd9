import * as tf from '@tensorflow/tfjs';
import type { Layer, ResidualLayer } from '../../domain/backbones/layer';
import { globalAveragePool } from '../kernels/averagePool';
import { maxPool } from '../kernels/maxPool';
import type { Random } from '../random';
import { batchNormLayer } from './nn/batchNorm';
import { conv2dLayer } from './nn/conv2d';
import type { Forward } from './nn/forward';
import { linearLayer } from './nn/linear';
import type { Parameters } from './nn/parameters';
import type { LayerStatistics } from './nn/statistics';

/** Layers with their parameters bound, from the input of the first to the output of the last. */
export interface Layers<In extends tf.Tensor = tf.Tensor, Out extends tf.Tensor = In> {
  readonly forward: Forward<In, Out>;
  /**
   * The forward pass of one batch that is given in chunks, since an adapter may not hold it at once: BN uses the statistics of the whole batch
   * and adds them to `into`, by layer, kept. The chunks given are not disposed. Call it inside `tf.tidy`.
   */
  gather(chunks: readonly In[], into: Map<string, LayerStatistics>): Out[];
}

/**
 * Creates the parameters of these layers, drawn in order, a residual's body before its shortcut; the same `random` gives the same weights.
 */
export function buildLayers<In extends tf.Tensor, Out extends tf.Tensor>(
  parameters: Parameters,
  layers: readonly Layer[],
  random: Random,
): Layers<In, Out> {
  const built = layers.map((layer) => buildLayer(parameters, layer, random));
  return {
    forward: (x, mode) => built.reduce<tf.Tensor>((y, { forward }) => forward(y, mode), x) as Out,
    gather: (chunks, into) => gatherAll(built, chunks, into) as Out[],
  };
}

/** Applies one layer after another to all chunks; the inputs of a layer are freed before the next one. */
function gatherAll(
  built: readonly Layers[],
  chunks: readonly tf.Tensor[],
  into: Map<string, LayerStatistics>,
): tf.Tensor[] {
  let now: tf.Tensor[] = [...chunks];
  for (const { gather } of built) {
    const next = tf.tidy(() => gather(now, into));
    tf.dispose(now.filter((x) => !chunks.includes(x) && !next.includes(x)));
    now = next;
  }
  return now;
}

/** A layer without BN, which treats each chunk as it treats a batch. */
function chunkwise(forward: Forward): Layers {
  return { forward, gather: (chunks) => chunks.map((x) => forward(x, 'measure')) };
}

function buildLayer(parameters: Parameters, layer: Layer, random: Random): Layers {
  switch (layer.kind) {
    case 'conv': {
      const conv = conv2dLayer(parameters, layer, random);
      return chunkwise((x) => conv(x as tf.Tensor4D));
    }
    case 'batchNorm': {
      const { relu } = layer;
      const { forward, gather } = batchNormLayer(parameters, layer);
      return {
        forward: (x, mode) => forward(x, mode, { relu }),
        gather: (chunks, into) => gather(chunks, into, Array(chunks.length).fill({ relu })),
      };
    }
    case 'linear': {
      const linear = linearLayer(parameters, layer, random);
      return chunkwise((x) => linear(x as tf.Tensor2D));
    }
    case 'relu':
      return chunkwise((x) => tf.relu(x));
    case 'residual':
      return buildResidual(parameters, layer, random);
    case 'maxPool':
      return chunkwise((x) => maxPool(x as tf.Tensor4D));
    case 'globalAveragePool':
      return chunkwise((x) => globalAveragePool(x as tf.Tensor4D));
    default:
      return layer satisfies never;
  }
}

/** If a BN ends the body, its kernel also adds the shortcut and applies the ReLU. */
function buildResidual(parameters: Parameters, { body, shortcut, relu }: ResidualLayer, random: Random): Layers {
  const last = body[body.length - 1];
  const bn = last?.kind === 'batchNorm' && !last.relu ? last : null;
  const inner = buildLayers(parameters, bn === null ? body : body.slice(0, -1), random);
  const normalise = bn === null ? null : batchNormLayer(parameters, bn);
  const beside = buildLayers(parameters, shortcut, random);
  const added = (y: tf.Tensor, residual: tf.Tensor) => {
    const sum = tf.add(y, residual);
    return relu ? tf.relu(sum) : sum;
  };
  return {
    forward: (x, mode) => {
      const y = inner.forward(x, mode);
      const residual = beside.forward(x, mode);
      return normalise === null ? added(y, residual) : normalise.forward(y, mode, { residual, relu });
    },
    gather: (chunks, into) => {
      const y = inner.gather(chunks, into);
      const residuals = beside.gather(chunks, into);
      if (normalise === null) return y.map((part, i) => added(part, residuals[i]));
      return normalise.gather(
        y,
        into,
        residuals.map((residual) => ({ residual, relu })),
      );
    },
  };
}
