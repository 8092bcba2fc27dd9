import type { Layer } from '../domain/backbones/layer';

/** The same layers with `factor` times the channels; images keep their 3. */
export function widened(layers: readonly Layer[], factor: number): Layer[] {
  return layers.map((layer) => {
    switch (layer.kind) {
      case 'conv':
        return { ...layer, in: layer.in === 3 ? 3 : factor * layer.in, out: factor * layer.out };
      case 'linear':
        return { ...layer, in: factor * layer.in, out: factor * layer.out };
      case 'batchNorm':
        return { ...layer, channels: factor * layer.channels };
      case 'residual':
        return { ...layer, body: widened(layer.body, factor), shortcut: widened(layer.shortcut, factor) };
      case 'relu':
      case 'maxPool':
      case 'globalAveragePool':
        return layer;
      default:
        return layer satisfies never;
    }
  });
}
